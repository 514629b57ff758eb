import AccessModel
import Definitions
import StrictJSON

/// An organisation's files as one machine sends them to another: what stands in a folder, by paths below it, as text.
public struct DefinitionUpload: Sendable {
    /// More files than this are no organisation's.
    static let fileLimit = 20_000

    let contents: DefinitionFolder.Contents
    /// What remarks call the folder.
    public let name: String

    /// Reads a folder.
    ///
    /// - Throws: ``BrokenDefinitions`` for what cannot be sent: a file that is no text, or is not in the folder.
    public init(folder: String) throws {
        contents = try DefinitionFolder(folder).read()
        name = folder
        let unreadable = contents.files.filter { String(validating: $0.bytes, as: UTF8.self) == nil }
        let refused =
            contents.refused
            + unreadable.map { file in
                Diagnostic(
                    severity: .error, code: "not-utf8",
                    place: SourceLocation(file: file.path, line: 1, column: 1), message: "this is not UTF-8")
            }
        guard refused.isEmpty else { throw BrokenDefinitions(refused, outcome: "nothing was sent") }
    }

    /// Takes what was sent: `{path: text}`.
    ///
    /// - Throws: ``InstallationError`` `usage` for a path that is not of an organisation's folder.
    public init(_ files: JSONObject, name: String) throws(InstallationError) {
        func refusal(_ message: String) -> InstallationError {
            InstallationError(code: .usage, operation: "take the definitions", message: message)
        }
        guard files.members.count <= Self.fileLimit else {
            throw refusal("there are more than \(Self.fileLimit) files")
        }
        var contents = DefinitionFolder.Contents()
        var paths: Set<[UInt8]> = []
        for file in files.members {
            guard Self.isBelow(file.name) else {
                throw refusal("`\(file.name)` is no path of an organisation's folder")
            }
            guard let text = file.value.string else { throw refusal("`\(file.name)` is no text") }
            guard paths.insert(Array(file.name.utf8)).inserted else { throw refusal("`\(file.name)` is there twice") }
            switch DefinitionPath(file.name) {
            case .ignored: break
            case .refused: contents.files.append(DefinitionFile(path: file.name, bytes: []))
            default: contents.files.append(DefinitionFile(path: file.name, text: text))
            }
        }
        contents.files.sort { $0.path < $1.path }
        self.contents = contents
        self.name = name
    }

    /// `{path: text}`
    public var json: JSONValue {
        .object(
            JSONObject(
                contents.files.map { file in
                    JSONObject.Member(name: file.path, value: .string(String(decoding: file.bytes, as: UTF8.self)))
                }))
    }

    /// `platform.yaml`, `tenants/payments.yaml`: relative, two segments at most, none of which leads elsewhere.
    static func isBelow(_ path: String) -> Bool {
        let segments = path.utf8.split(separator: UInt8(ascii: "/"), omittingEmptySubsequences: false)
        guard (1...2).contains(segments.count), path.utf8.count <= 512 else { return false }
        return segments.allSatisfy { segment in
            !segment.isEmpty && !segment.elementsEqual(".".utf8) && !segment.elementsEqual("..".utf8)
                && segment.allSatisfy { $0 >= 0x20 && $0 != 0x7F && $0 != UInt8(ascii: "\\") }
        }
    }
}
