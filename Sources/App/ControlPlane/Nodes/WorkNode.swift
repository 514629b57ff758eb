import AccessModel
import Lifecycle
import Persistence
import Synchronization
import WorkflowEngine

/// One process among those that work on an installation. All of them carry out what was decided; one of them, the leader,
/// decides: it looks at the targets, ends what is over, follows the definitions and tells what is to be told. Where it dies
/// or falls silent, another one leads.
///
/// On an embedded state there is no other: it leads.
public final class WorkNode: Sendable {
    private struct State {
        var isLeading: Bool
        var workers = 1
    }

    /// Rung where something was taken in.
    public let bell: WorkBell
    let installation: Installation
    private let leadership: PostgreSQLLeadership?
    private let state: Mutex<State>

    /// How often it asks whether it leads.
    private static let beat = Duration.seconds(1)

    /// Enters among the workers.
    public static func join(_ installation: Installation, bell: WorkBell = WorkBell()) async throws -> WorkNode {
        guard installation.folder.isOnServer else { return WorkNode(installation, nil, bell) }
        let workflow = try await installation.reconcilerInForce().workflow(for: [])
        var present = installation
        present.presence = NodePresence(try await installation.enter(workflow))
        return WorkNode(present, try PostgreSQLLeadership(installation.folder.database), bell)
    }

    private init(_ installation: Installation, _ leadership: PostgreSQLLeadership?, _ bell: WorkBell) {
        self.installation = installation
        self.bell = bell
        self.leadership = leadership
        state = Mutex(State(isLeading: leadership == nil))
    }

    /// Whether it did so a moment ago.
    public var isLeading: Bool { state.withLock { $0.isLeading } }

    /// How many processes carry out what was decided, this one included.
    var workers: Int { state.withLock { $0.workers } }

    /// Whether others may decide or take in without ringing.
    var isShared: Bool { leadership != nil }

    /// Stays among the workers until its task is cancelled, leads where nobody else does, and frees what dead workers had in
    /// hand; then it leaves.
    ///
    /// - Parameter report: Told when it begins and ceases to lead.
    public func stay(report: @escaping @Sendable (_ isLeading: Bool) -> Void) async {
        guard let leadership else { return report(true) }
        while !Task.isCancelled {
            await beat(leadership, report)
            do {
                try await Task.sleep(for: Self.beat)
            } catch {
                break
            }
        }
    }

    /// Lets others lead, and take what it may have left.
    public func leave() async {
        state.withLock { $0.isLeading = leadership == nil }
        await leadership?.resign()
        await installation.presence?.leave()
    }

    private func beat(_ leadership: PostgreSQLLeadership, _ report: @Sendable (Bool) -> Void) async {
        do {
            let leads = try await leadership.claim()
            try await installation.presence?.stay()
            let workers = try await installation.database.read { try PostgreSQLPresence.count(in: $0) }
            set(leads, workers: max(1, workers), report)
            guard leads else { return }
            let workflow = try await installation.reconcilerInForce().workflow(for: [])
            if try await installation.takeOverFromTheDead(workflow) > 0 { bell.ring() }
        } catch {
            // Who cannot reach the database does nothing with it either, and says so elsewhere.
            set(false, workers: workers, report)
        }
    }

    private func set(_ isLeading: Bool, workers: Int, _ report: (Bool) -> Void) {
        let before = state.withLock { state in
            defer { state = State(isLeading: isLeading, workers: workers) }
            return state.isLeading
        }
        guard before != isLeading else { return }
        report(isLeading)
        bell.ring()
    }
}
