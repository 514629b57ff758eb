import Foundation
import TestSupport

/// Where an installation keeps its state, put back as it was before each fault.
protocol StateSystem: Sendable {
    /// Where the command finds it.
    var environment: [String: String] { get }
    /// Where its server listens; none for a file.
    var ports: [Int] { get }
    /// The public key of its log.
    var publicKey: String { get }
    /// Whether a process that finds itself alone may take what a dead one held before its lease is over.
    var freesLeasesAtOnce: Bool { get }

    func save() throws
    func restore() throws
    func stop() throws
}

/// The databases that there are.
enum StateKind: String, CaseIterable, Sendable {
    case sqlite, postgresql

    func start(in folder: String) async throws -> any StateSystem {
        switch self {
        case .sqlite: SQLiteState(folder: folder + "/state")
        case .postgresql: try PostgreSQLState(keys: folder + "/state")
        }
    }
}

/// The embedded database, in a folder with its key and its checkpoint.
struct SQLiteState: StateSystem {
    private let folder: SavedFolder

    init(folder: String) { self.folder = SavedFolder(path: folder) }

    var environment: [String: String] { ["TENURE_STATE": folder.path + "/tenure.db"] }
    var ports: [Int] { [] }
    var publicKey: String { folder.path + "/tenure.pub" }

    var freesLeasesAtOnce: Bool { true }

    func save() throws { try folder.save() }
    func restore() throws { try folder.restore() }
    func stop() {}
}

/// A folder that can be made as it was.
struct SavedFolder: Sendable {
    let path: String
    private var copy: String { path + ".saved" }

    func save() throws { try Self.copy(path, to: copy) }
    func restore() throws { try Self.copy(copy, to: path) }

    private static func copy(_ from: String, to: String) throws {
        let manager = FileManager.default
        if manager.fileExists(atPath: to) { try manager.removeItem(atPath: to) }
        try manager.copyItem(atPath: from, toPath: to)
    }
}
