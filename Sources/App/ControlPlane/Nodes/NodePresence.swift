import AccessModel
import Persistence

/// That a process works on a database on a server, for as long as it lives: held once, where commands enter and leave each
/// time that they work.
actor NodePresence {
    private static let prefix = "node-"

    private let presence: PostgreSQLPresence

    init(_ presence: PostgreSQLPresence) { self.presence = presence }

    /// Enters again where the connection broke.
    func stay() async throws { try await presence.stay() }

    func leave() async { await presence.leave() }

    /// What the leases of a new process begin with.
    static func name() -> String { prefix + Installation.newID() }

    /// The process whose lease it is; nil for one that does not say so.
    static func name(of owner: String) -> String? {
        guard owner.hasPrefix(prefix), let dash = owner.lastIndex(of: "-"), dash > owner.startIndex else { return nil }
        let name = String(owner[..<dash])
        return name.count > prefix.count ? name : nil
    }
}
