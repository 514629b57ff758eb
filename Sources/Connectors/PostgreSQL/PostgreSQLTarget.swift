import AccessModel
import ConnectorKit

/// A PostgreSQL server as a target: a login role an account, a role without login a group, grants by classes of data.
///
/// Whose a role is stands in its comment, in the server's own catalog; so does what a group was given. A change is one
/// transaction: it is there whole or not at all.
public struct PostgreSQLTarget: Connector {
    let settings: PostgreSQLTargetSettings
    let clock: @Sendable () -> Instant
    let name: String
    /// What changes goes one after another anyway; looking does not wait for it.
    let writing: ServerLane
    let reading: ServerLane

    /// - Throws: A `configuration` error for settings that are not usable. No server is asked yet.
    public init(_ configuration: ConnectorConfiguration) throws(ConnectorError) {
        settings = try PostgreSQLTargetSettings(configuration)
        clock = configuration.clock
        name = configuration.target.text
        writing = ServerLane(settings, label: "tenure.postgresql-target.write")
        reading = ServerLane(settings, label: "tenure.postgresql-target.read")
    }

    public var abilities: TargetAbilities { Self.abilities }

    static let abilities = TargetAbilities(
        kinds: [.account, .group, .membership, .roleAssignment, .session], holdsWorkloadMembers: false,
        holdsEmptyGroups: true, maximumGroupNameLength: RoleName.longest)

    /// Signs in, and looks whether the role may do what the connector does.
    public func check() async throws(ConnectorError) -> TargetHealth {
        let access = settings.access
        let description = try await reading.transaction(.read, "check \(name)") { session throws(ConnectorError) in
            let row = try session.rows(
                """
                SELECT current_setting('server_version'), rolname,
                    rolcreaterole, pg_has_role('pg_signal_backend', 'USAGE'), pg_is_in_recovery()
                FROM pg_roles WHERE rolname = session_user
                """
            ).first
            guard let row else { throw session.error(.targetFailure, "the server knows no such role") }
            let role = try row.text(1)
            guard try row.bool(2) else { throw session.error(.forbidden, "`\(role)` lacks CREATEROLE") }
            guard try row.bool(3) else {
                throw session.error(.forbidden, "`\(role)` is not in pg_signal_backend: it cannot end sessions")
            }
            guard try !row.bool(4) else { throw session.error(.targetFailure, "the server is a standby") }
            for owner in Set(access.classes.flatMap(\.owners)).sorted() {
                let isMember = try session.rows(
                    "SELECT pg_has_role(oid, 'USAGE') FROM pg_roles WHERE rolname = $1", [.text(owner)])
                guard let isMember = isMember.first else {
                    throw session.error(.configuration, "there is no role `\(owner)`, an owner of a class")
                }
                guard try isMember.bool(0) else {
                    throw session.error(.forbidden, "`\(role)` is not in `\(owner)`, an owner of a class")
                }
            }
            return "PostgreSQL \(try row.text(0)), as \(role)"
        }
        return TargetHealth(description: description)
    }

    public func apply(_ change: Change, context: ApplyContext) async throws(ConnectorError) -> Receipt {
        let operation = "\(change.operation.rawValue) \(change.fact.key) in \(name)"
        switch (change.operation, change.fact) {
        case (.remove, .account(let account)): return try await remove(account, operation)
        case (_, .account(let account)): return try await put(account, before: change.before, operation)
        case (.remove, .group(let group)): return try await remove(group, operation)
        case (_, .group(let group)): return try await add(group, operation)
        case (.remove, .membership(let membership)): return try await remove(membership, operation)
        case (_, .membership(let membership)): return try await add(membership, operation)
        case (.remove, .roleAssignment(let assignment)): return try await remove(assignment, operation)
        case (_, .roleAssignment(let assignment)): return try await add(assignment, operation)
        case (.remove, .session(let session)): return try await remove(session, operation)
        default:
            throw ConnectorError(
                code: .invalid, operation: operation,
                message: "PostgreSQL has no place for a \(change.fact.kind.rawValue) that is to be made")
        }
    }

    public func close() async {
        await writing.close()
        await reading.close()
    }

    func receipt(_ effect: Receipt.Effect, _ note: String) -> Receipt {
        Receipt(effect: effect, requestID: nil, at: clock(), note: note)
    }
}

extension ConnectorFactory {
    /// `connector: postgresql`
    public static let postgresql = ConnectorFactory(
        name: "postgresql", abilities: PostgreSQLTarget.abilities, settings: PostgreSQLTargetSettings.schema
    ) { configuration throws(ConnectorError) in try PostgreSQLTarget(configuration) }
}
