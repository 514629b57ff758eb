import AccessModel
import ConnectorKit
import Definitions
import Forges

/// An organisation's files as they stand in a commit, read without writing any of them anywhere.
struct DefinitionTree {
    private let git: GitProgram

    /// As large as a file on a disk may be; a larger one is refused for its size.
    private static let sizeLimit = 1 << 20
    /// Bytes of all files together.
    private static let totalLimit = 48 << 20

    init(_ git: GitProgram) { self.git = git }

    /// - Parameter folder: Where in the repository they are; empty for its top.
    func contents(
        at commit: String, under folder: String = "", _ operation: String
    ) async throws(ConnectorError) -> DefinitionFolder.Contents {
        let tree = GitTree(git)
        var contents = DefinitionFolder.Contents()
        var wanted: [GitTree.Entry] = []
        var total = 0
        let prefix = folder.isEmpty ? "" : folder + "/"
        let entries = try await tree.entries(at: commit, under: folder.isEmpty ? nil : folder, operation: operation)
        for entry in entries where entry.path.hasPrefix(prefix) {
            let path = String(entry.path.dropFirst(prefix.count))
            switch DefinitionPath(path) {
            case .ignored: continue
            // The reader says why.
            case .refused: contents.files.append(DefinitionFile(path: path, bytes: []))
            case .platform, .core, .targets, .birthright, .notices, .tenant, .policies, .policyCases, .unknown:
                guard entry.isRegular, let size = entry.size else {
                    contents.refused.append(Self.refusal(path, "this is not a regular file"))
                    continue
                }
                guard size <= Self.sizeLimit else {
                    contents.refused.append(Self.refusal(path, "the file is larger than 1 MiB"))
                    continue
                }
                total += size
                wanted.append(entry)
            }
        }
        guard total <= Self.totalLimit else {
            throw ConnectorError(
                code: .invalid, operation: operation, message: "the files are larger than 48 MiB together")
        }
        contents.files += try await tree.contents(of: wanted, operation: operation).map {
            DefinitionFile(path: String($0.path.dropFirst(prefix.count)), bytes: $0.bytes)
        }
        contents.files.sort { $0.path < $1.path }
        return contents
    }

    private static func refusal(_ path: String, _ message: String) -> Diagnostic {
        Diagnostic(
            severity: .error, code: "bad-path", place: SourceLocation(file: path, line: 1, column: 1), message: message)
    }
}
