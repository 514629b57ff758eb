import AccessModel
import ConnectorKit

extension PostgreSQLTarget {
    /// Makes the account as it is wanted, whatever there is now. A disabled one has no session when this returns.
    func put(_ account: Account, before: Fact?, _ operation: String) async throws(ConnectorError) -> Receipt {
        guard account.identity.isOwned else {
            throw ConnectorError(
                code: .invalid, operation: operation, message: "an account of nobody's is never made or changed")
        }
        let name = account.name.lowercased()
        try RoleName.check(name, operation)
        let taken = Self.stranger(before)
        let (organization, moment) = (settings.organization, clock())
        let outcome = try await writing.transaction(.write, operation) { session throws(ConnectorError) in
            let editor = AccountEditor(session: session, organization: organization, moment: moment)
            var outcome = try editor.put(account, name: name, takingOver: taken)
            // Before it is committed: who is read back as shut has no session that began before.
            if account.state == .disabled { outcome.ended = try editor.catalog.end(outcome.roles) }
            return outcome
        }
        guard account.state == .disabled else {
            return receipt(outcome.isChanged ? .applied : .alreadyHeld, outcome.note)
        }
        let ended = try await outcome.ended + end(outcome.roles, operation)
        let isDone = outcome.isChanged || ended > 0
        return receipt(isDone ? .applied : .alreadyHeld, "\(outcome.note); \(ended) sessions ended")
    }

    /// The name of the foreign account that a change takes over; nil where it names none.
    private static func stranger(_ before: Fact?) -> String? {
        guard case .account(let seen) = before, case .foreign(let name) = seen.identity else { return nil }
        return name
    }

    /// Shuts the account, ends its sessions, and drops the role.
    func remove(_ account: Account, _ operation: String) async throws(ConnectorError) -> Receipt {
        guard account.identity.isOwned else {
            throw ConnectorError(
                code: .invalid, operation: operation, message: "a role that is not Tenure's is never dropped")
        }
        let (organization, moment) = (settings.organization, clock())
        let roles = try await writing.transaction(.write, operation) { session throws(ConnectorError) in
            let editor = AccountEditor(session: session, organization: organization, moment: moment)
            let roles = try editor.catalog.accounts(of: account.identity)
            for role in roles { _ = try editor.shut(role) }
            return roles
        }
        guard !roles.isEmpty else { return receipt(.alreadyHeld, "there is no role of \(account.identity)") }
        let ended = try await end(roles, operation)
        try await writing.transaction(.write, operation) { session throws(ConnectorError) in
            let editor = AccountEditor(session: session, organization: organization, moment: moment)
            for role in try editor.catalog.accounts(of: account.identity) { try editor.drop(role) }
        }
        return receipt(.applied, "the role is dropped; \(ended) sessions ended")
    }

    /// Ends one session, if it is still this account's.
    func remove(_ session: Session, _ operation: String) async throws(ConnectorError) -> Receipt {
        guard let pid = Int64(session.id) else {
            throw ConnectorError(
                code: .invalid, operation: operation, message: "`\(session.id)` is no session's number")
        }
        let organization = settings.organization
        let ended = try await reading.transaction(.look, operation) { server throws(ConnectorError) in
            let catalog = RoleCatalog(session: server, organization: organization)
            return try catalog.end(try catalog.accounts(of: session.identity), pid: pid)
        }
        return receipt(
            ended > 0 ? .applied : .alreadyHeld, ended > 0 ? "the session is ended" : "there is no such session")
    }

    /// Ends all sessions of roles that nobody can sign in as any more, until there is none. One that was on its way in
    /// while the role was shut is found by looking again.
    func end(_ roles: [RoleEntry], _ operation: String) async throws(ConnectorError) -> Int {
        guard !roles.isEmpty else { return 0 }
        var ended = 0
        for _ in 0..<5 {
            let organization = settings.organization
            let found = try await reading.transaction(.look, operation) { session throws(ConnectorError) in
                try RoleCatalog(session: session, organization: organization).end(roles)
            }
            guard found > 0 else { return ended }
            ended += found
        }
        throw ConnectorError(
            code: .targetFailure, operation: operation, message: "the role is shut, and sessions of it still live")
    }
}
