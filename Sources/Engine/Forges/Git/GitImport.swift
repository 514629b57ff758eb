import AccessModel

/// What `git fast-import` reads: one commit, with its files, in one go.
public struct GitImport: Sendable {
    public struct File: Sendable {
        public let path: String
        /// Nil for one that goes.
        public let bytes: [UInt8]?

        public init(path: String, bytes: [UInt8]?) {
            self.path = path
            self.bytes = bytes
        }
    }

    public let reference: String
    public private(set) var bytes: [UInt8] = []

    public init(reference: String) { self.reference = reference }

    public mutating func commit(
        _ files: [File], message: String, author: GitAuthor, from parent: String, at now: Instant
    ) {
        let who = "\(author) \(now.milliseconds / 1_000) +0000"
        add("commit \(reference)\nauthor \(who)\ncommitter \(who)\n")
        data(Array(message.utf8))
        add("from \(parent)\n")
        for file in files {
            guard let content = file.bytes else {
                add("D \(Self.quoted(file.path))\n")
                continue
            }
            add("M 100644 inline \(Self.quoted(file.path))\n")
            data(content)
        }
        add("\n")
    }

    private mutating func add(_ text: String) { bytes += Array(text.utf8) }

    private mutating func data(_ content: [UInt8]) {
        add("data \(content.count)\n")
        bytes += content
        add("\n")
    }

    private static func quoted(_ path: String) -> String {
        var text = "\""
        for scalar in path.unicodeScalars {
            switch scalar {
            case "\"": text += "\\\""
            case "\\": text += "\\\\"
            case "\n": text += "\\n"
            default: text.unicodeScalars.append(scalar)
            }
        }
        return text + "\""
    }
}
