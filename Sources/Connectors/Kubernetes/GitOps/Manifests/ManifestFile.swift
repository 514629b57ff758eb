import StrictJSON

/// One file of the folder, as it was read: objects of Tenure's, and whatever else stands there, which is kept as it is.
struct ManifestFile: Hashable, Sendable {
    private(set) var manifests: [ManifestKey: Manifest] = [:]
    /// Documents of somebody else, byte for byte.
    private(set) var others: [String] = []
    /// Why it cannot be read, and so not be changed; nil where it can.
    private(set) var problem: String?
    /// What it was read from; nil once it was changed.
    private var original: [UInt8]?

    static let header = "# Written by Tenure. What is changed here by hand is proposed to be changed back.\n"

    /// An empty one.
    init() {}

    init(_ bytes: [UInt8], _ marks: OwnerMarks) {
        original = bytes
        for document in Self.documents(bytes) {
            do throws(KubeconfigYAML.Problem) {
                let object = try KubeconfigYAML.parse(Array(document.text.utf8))
                guard let manifest = Manifest(object), manifest.isOurs(marks) else {
                    others.append(document.text)
                    continue
                }
                guard manifests.updateValue(manifest, forKey: manifest.key) == nil else {
                    problem = "\(document.line): \(manifest.key) stands there twice"
                    return
                }
            } catch {
                // Another tool's templates need not be YAML by themselves, and are none of ours.
                guard document.text.contains(OwnerMarks.organizationLabel) else {
                    others.append(document.text)
                    continue
                }
                problem = "\(document.line + error.line - 1): \(error.message)"
                return
            }
        }
    }

    private struct Document {
        let text: String
        /// From 1.
        let line: Int
    }

    /// Split where a line says that a document begins; what holds nothing but comments is none.
    private static func documents(_ bytes: [UInt8]) -> [Document] {
        var documents: [Document] = []
        var lines: [Substring] = []
        var start = 1
        func finish() {
            let isEmpty = lines.allSatisfy { line in
                let text = line.drop { $0 == " " }
                return text.isEmpty || text.hasPrefix("#")
            }
            if !isEmpty { documents.append(Document(text: lines.map { $0 + "\n" }.joined(), line: start)) }
        }
        let text = String(decoding: bytes.filter { $0 != UInt8(ascii: "\r") }, as: UTF8.self)
        for (offset, line) in text.split(separator: "\n", omittingEmptySubsequences: false).enumerated() {
            if line == "---" || line.hasPrefix("--- ") {
                finish()
                lines = []
                start = offset + 2
            } else {
                lines.append(line)
            }
        }
        while lines.last?.isEmpty ?? false { lines.removeLast() }
        finish()
        return documents
    }

    /// Whether the last that stood there was taken out.
    var isGone: Bool { original == nil && manifests.isEmpty && others.isEmpty }

    mutating func put(_ manifest: Manifest) {
        guard manifests[manifest.key] != manifest else { return }
        manifests[manifest.key] = manifest
        original = nil
    }

    mutating func remove(_ key: ManifestKey) {
        guard manifests.removeValue(forKey: key) != nil else { return }
        original = nil
    }

    /// What was not changed is as it was, to the byte.
    var bytes: [UInt8] {
        if let original { return original }
        let own = manifests.sorted { $0.key < $1.key }.map { CanonicalYAML.text($0.value.object) }
        return Array((Self.header + (own + others).map { "---\n" + $0 }.joined()).utf8)
    }
}
