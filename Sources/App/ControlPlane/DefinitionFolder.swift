import AccessModel
import Crypto
import Definitions
import Foundation

/// Reads an organisation's folder: every file that ``DefinitionPath`` knows, and what must not be there.
struct DefinitionFolder {
    /// Larger files are handed on cut off: the reader refuses them for their size.
    private static let sizeLimit = (1 << 20) + 1
    /// More entries than this are no organisation's folder.
    private static let entryLimit = 200_000

    struct Contents {
        var files: [DefinitionFile] = []
        var refused: [Diagnostic] = []

        /// Lower-case hex SHA-256 over the paths and bytes of all files, each with its length before it.
        var revision: String {
            var hash = SHA256()
            for file in files {
                for part in [Array(file.path.utf8), file.bytes] {
                    withUnsafeBytes(of: UInt64(part.count).bigEndian) { hash.update(bufferPointer: $0) }
                    part.withUnsafeBytes { hash.update(bufferPointer: $0) }
                }
            }
            return hash.finalize().map { String($0 >> 4, radix: 16) + String($0 & 15, radix: 16) }.joined()
        }
    }

    private let root: URL

    init(_ path: String) { root = URL(filePath: path).standardizedFileURL.resolvingSymlinksInPath() }

    func read() throws(InstallationError) -> Contents {
        var isFolder: ObjCBool = false
        guard FileManager.default.fileExists(atPath: root.path, isDirectory: &isFolder), isFolder.boolValue else {
            throw InstallationError(
                code: .file, operation: "read the definitions",
                message: "`\(root.path)` is not a folder; name the folder that holds platform.yaml")
        }
        var contents = Contents()
        for folder in ["", "tenants", "policies"] { try read(folder, into: &contents) }
        contents.files.sort { $0.path < $1.path }
        return contents
    }

    private func read(_ folder: String, into contents: inout Contents) throws(InstallationError) {
        let url = folder.isEmpty ? root : root.appending(path: folder)
        guard folder.isEmpty || FileManager.default.fileExists(atPath: url.path) else { return }
        let names: [String]
        do {
            names = try FileManager.default.contentsOfDirectory(atPath: url.path).sorted()
        } catch {
            throw InstallationError(code: .file, operation: "list `\(url.path)`", message: "it cannot be read")
        }
        guard names.count <= Self.entryLimit else {
            throw InstallationError(
                code: .file, operation: "list `\(url.path)`", message: "it holds more than \(Self.entryLimit) entries")
        }
        for name in names {
            let path = folder.isEmpty ? name : folder + "/" + name
            switch DefinitionPath(path) {
            case .platform, .core, .targets, .birthright, .tenant, .policies, .policyCases, .unknown:
                try add(path, to: &contents)
            case .ignored: break
            // The reader says why.
            case .refused: contents.files.append(DefinitionFile(path: path, bytes: []))
            }
        }
    }

    private func add(_ path: String, to contents: inout Contents) throws(InstallationError) {
        let url = root.appending(path: path)
        let resolved = url.resolvingSymlinksInPath()
        guard resolved.path == url.path || resolved.path.hasPrefix(root.path + "/") else {
            contents.refused.append(refusal(path, "a symbolic link must not leave the organisation's folder"))
            return
        }
        do {
            let attributes = try FileManager.default.attributesOfItem(atPath: resolved.path)
            guard attributes[.type] as? FileAttributeType == .typeRegular else {
                contents.refused.append(refusal(path, "this is not a regular file"))
                return
            }
            let handle = try FileHandle(forReadingFrom: resolved)
            let data = try handle.read(upToCount: Self.sizeLimit) ?? Data()
            try handle.close()
            contents.files.append(DefinitionFile(path: path, bytes: Array(data)))
        } catch {
            throw InstallationError(code: .file, operation: "read `\(path)`", message: "it cannot be read")
        }
    }

    private func refusal(_ path: String, _ message: String) -> Diagnostic {
        Diagnostic(
            severity: .error, code: "bad-path", place: SourceLocation(file: path, line: 1, column: 1),
            message: message)
    }
}
