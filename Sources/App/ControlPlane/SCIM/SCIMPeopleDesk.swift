import AuditTrail
import Definitions
import Lifecycle
import Persistence
import SCIMServer
import Synchronization
import WebServer

/// What SCIM clients push, as HR's word: an event for each change, in the transaction that writes the user.
///
/// A client speaks for the people that it brought, and for no others: one whom HR or another client named is not its to
/// say anything of.
public final class SCIMPeopleDesk: SCIMPeopleIntake {
    private let desks: IntakeDesks
    private let current = Mutex<PeopleDesk?>(nil)

    public init(_ installation: Installation) { desks = IntakeDesks(installation, for: "scim") }

    /// The service's routes, each with a desk of now.
    public func routes(of service: SCIMService) -> [Route] {
        service.routes.map { route in
            Route(route.method, route.pattern, name: route.name, bodyLimit: route.bodyLimit, gate: route.gate) {
                [self] request in
                if route.method != .get {
                    let desk = try await desks.desk()
                    current.withLock { $0 = desk }
                }
                return try await route.handler(request)
            }
        }
    }

    public func accept(
        _ changes: [SCIMPersonChange], client: SCIMClient, in session: any SQLSession, records: inout [Record]
    ) throws {
        guard let desk = current.withLock({ $0 }) else {
            throw SCIMError(.serviceUnavailable, nil, "people cannot be taken in yet; try again")
        }
        let mapping = SCIMPersonMapping(client: client)
        for change in changes {
            for document in try mapping.events(of: change, in: session) {
                let bytes = document.canonicalBytes
                do {
                    _ = try desk.accept(try desk.read(bytes), bytes: bytes, in: session, records: &records)
                } catch let error as HREventError {
                    // Codes alone: the words may name somebody else.
                    let codes = Set(error.problems.map { $0.diagnostic(file: "user").code }).sorted()
                    throw SCIMError(
                        .badRequest, .invalidValue,
                        "HR's rules do not take this person: \(codes.joined(separator: ", "))")
                } catch let error as LifecycleError {
                    throw SCIMError(.conflict, nil, "HR's rules do not take this change: \(error.code.rawValue)")
                }
            }
        }
    }
}
