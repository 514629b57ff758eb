import Foundation
import TestSupport

/// Where an installation keeps its state, put back as it was before each fault.
protocol StateSystem: Sendable {
    /// What `--state` names.
    var location: String { get }
    /// Where its server listens; none for a file.
    var ports: [Int] { get }
    /// The public key of its log.
    var publicKey: String { get }

    func save() throws
    func restore() throws
}

/// The databases that there are.
enum StateKind: String, CaseIterable, Sendable {
    case sqlite

    func start(in folder: String) async throws -> any StateSystem {
        switch self {
        case .sqlite: SQLiteState(folder: folder + "/state")
        }
    }
}

/// The embedded database, in a folder with its key and its checkpoint.
struct SQLiteState: StateSystem {
    private let folder: SavedFolder

    init(folder: String) { self.folder = SavedFolder(path: folder) }

    var location: String { folder.path + "/tenure.db" }
    var ports: [Int] { [] }
    var publicKey: String { folder.path + "/tenure.pub" }

    func save() throws { try folder.save() }
    func restore() throws { try folder.restore() }
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
