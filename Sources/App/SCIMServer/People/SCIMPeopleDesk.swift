import AccessModel
import AuditTrail
import Definitions
import Lifecycle
import Persistence
import StrictJSON

/// Takes what clients push in as HR events, by the desk that takes all of HR's word in: guards, holds and records are the
/// same as for an event that came by itself.
public struct SCIMPeopleDesk: SCIMPeopleIntake {
    private let desk: @Sendable (_ actor: String, _ now: Instant) -> PeopleDesk

    /// - Parameter desk: The desk, by the definitions in force, for whoever acts at a moment. It is asked within
    ///   transactions, and must not wait.
    public init(_ desk: @escaping @Sendable (_ actor: String, _ now: Instant) -> PeopleDesk) { self.desk = desk }

    /// An event that a guard holds is held, and the client's write stands: the resource is as the client says, and the
    /// person follows once a second person let it go on.
    ///
    /// - Throws: 400 where the event is refused. It names what is wrong and where, and nobody else's values.
    public func accept(
        _ changes: [SCIMPersonChange], client: SCIMClient, in session: any SQLSession, records: inout [Record]
    ) throws {
        let mapping = SCIMPersonMapping(client: client)
        for change in changes {
            let desk = desk(client.actor, change.at)
            for event in mapping.events(of: change) {
                let bytes = Array(event.compactText.utf8)
                do {
                    _ = try desk.accept(try desk.read(bytes), bytes: bytes, in: session, records: &records)
                } catch let error as HREventError {
                    throw Self.refusal(error)
                } catch let error as LifecycleError where error.code == .invalid {
                    throw SCIMError.invalid("what follows from it for the person is refused")
                }
            }
        }
    }

    private static func refusal(_ error: HREventError) -> SCIMError {
        let faults = error.problems.filter { $0.severity == .error }.map { problem in
            problem.field.map { "\($0): \(problem.code)" } ?? problem.code
        }
        return .invalid("what follows from it for the person is refused: \(faults.joined(separator: ", "))")
    }
}
