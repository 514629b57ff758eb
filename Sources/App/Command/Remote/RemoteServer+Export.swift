import ControlPlane
import Foundation
import Synchronization

extension RemoteServer {
    /// What an export came to.
    struct Export: Sendable {
        let records: Int
        let key: String
    }

    /// Writes the whole log of a server to a file, beside it first: a half of one is never there.
    func export(to path: String) async throws -> Export {
        // Who may is asked before anything is written; its answer holds the key.
        let checkpoint = try await ask(.get("audit", "checkpoint"), accepting: "application/json").json()
        let beside = path + ".part"
        guard FileManager.default.createFile(atPath: beside, contents: nil),
            let handle = FileHandle(forWritingAtPath: beside)
        else {
            throw InstallationError(code: .file, operation: "export to `\(path)`", message: "it cannot be written")
        }
        let state = Mutex(ExportState(handle))
        var call = RemoteCall.get("audit", "export")
        call.patience = .hours(1)
        do {
            try await lines(of: call) { line in try state.withLock { try $0.take(line) } }
            let records = try state.withLock { try $0.finish() }
            guard rename(beside, path) == 0 else {
                throw InstallationError(code: .file, operation: "export to `\(path)`", message: "it cannot be written")
            }
            return Export(records: records, key: checkpoint["key"]?.string ?? "")
        } catch {
            unlink(beside)
            throw error
        }
    }
}

/// Lines on their way into a file.
private struct ExportState {
    private let handle: FileHandle
    private var pending: [UInt8] = []
    private var records = 0
    private var last: [UInt8] = []

    init(_ handle: FileHandle) { self.handle = handle }

    mutating func take(_ line: [UInt8]) throws {
        pending += line + [0x0A]
        if line.starts(with: Self.record) { records += 1 }
        last = line
        guard pending.count >= 1 << 16 else { return }
        try handle.write(contentsOf: Data(pending))
        pending.removeAll(keepingCapacity: true)
    }

    /// - Throws: Where the last line is not the one that ends an export: something is missing.
    mutating func finish() throws -> Int {
        try handle.write(contentsOf: Data(pending))
        try handle.close()
        guard last.starts(with: Self.end) else {
            throw InstallationError(
                code: .file, operation: "export", message: "the server broke off before the end; try again")
        }
        return records
    }

    private static let record = Array("{\"hash\"".utf8)
    private static let end = Array("{\"end\"".utf8)
}
