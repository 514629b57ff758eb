import AccessModel
import ConnectorKit

/// OpenLDAP or Active Directory as a target.
///
/// It keeps a few connections and nothing else. Every change reads what is there, writes the difference, and takes an
/// answer that says "already" for success; so it may be sent again after any failure.
struct LDAPDirectory: Connector {
    let abilities = TargetAbilities.ldap
    private let pool: SessionPool
    private let target: Slug
    private let clock: @Sendable () -> Instant
    private let passwords: @Sendable () -> SecretText

    /// - Parameter passwords: Makes the password of a new account in Active Directory; it is kept nowhere.
    init(
        _ configuration: ConnectorConfiguration, passwords: @escaping @Sendable () -> SecretText
    ) throws(ConnectorError) {
        let settings = try LDAPSettings(configuration)
        target = configuration.target
        clock = configuration.clock
        self.passwords = passwords
        pool = SessionPool(size: settings.connections, label: "ldap.\(configuration.target)") {
            () throws(LDAPFailure) in try DirectorySession(settings.endpoint, settings)
        }
    }

    func check() async throws(ConnectorError) -> TargetHealth {
        try await run("check \(target)") { session throws(LDAPFailure) in
            let layout = session.layout
            for base in layout.peopleBases + [layout.groups.description] {
                guard try session.ldap.entry(base, attributes: ["1.1"]) != nil else {
                    throw .refused(.configuration, "`\(base)` is not there, or the bind DN may not see it")
                }
            }
            return TargetHealth(description: session.root.description)
        }
    }

    func observe(_ scope: ObservationScope) async throws(ConnectorError) -> Observation {
        switch scope {
        case .everything: try await everything()
        case .only(let identities, let names, let groups):
            try await run(observing) { session throws(LDAPFailure) in
                try DirectoryObserver(session: session).observe(identities, names, groups)
            }
        }
    }

    /// Accounts and groups are listed at the same time, each on a connection of its own where there are two.
    private func everything() async throws(ConnectorError) -> Observation {
        async let people = result(observing) { session throws(LDAPFailure) in
            try AccountReader(session: session).everyone()
        }
        async let groups = result(observing) { session throws(LDAPFailure) in
            try GroupReader(session: session).all()
        }
        let listing = DirectoryListing(people: try await people.get(), groups: try await groups.get())
        return try await run(observing) { session throws(LDAPFailure) in
            try DirectoryObserver(session: session).observation(of: listing)
        }
    }

    private var observing: String { "observe \(target)" }

    func apply(_ change: Change, context: ApplyContext) async throws(ConnectorError) -> Receipt {
        let passwords = passwords
        let outcome = try await run(change.id) { session throws(LDAPFailure) in
            try Self.write(change, session, passwords)
        }
        return Receipt(effect: outcome.effect, requestID: outcome.dn, at: clock(), note: outcome.note)
    }

    func close() async { await pool.close() }

    private static func write(
        _ change: Change, _ session: DirectorySession, _ passwords: @escaping @Sendable () -> SecretText
    ) throws(LDAPFailure) -> WriteOutcome {
        let accounts = AccountWriter(session: session, passwords: passwords)
        let groups = GroupWriter(session: session)
        switch (change.fact, change.operation) {
        case (.account(let account), .remove): return try accounts.remove(account)
        case (.account(let account), let operation):
            var before: Account?
            if case .account(let account)? = change.before { before = account }
            return try accounts.put(account, replacing: before, mayCreate: operation == .add)
        case (.group(let group), .remove): return try groups.remove(group.slug)
        case (.group(let group), _): return try groups.add(group.slug)
        case (.membership(let membership), .remove): return try groups.remove(membership)
        case (.membership(let membership), _): return try groups.add(membership)
        default:
            throw .refused(.invalid, "an LDAP directory holds accounts, groups and memberships only")
        }
    }

    private func run<Value: Sendable>(
        _ operation: String, _ body: @Sendable (DirectorySession) throws(LDAPFailure) -> Value
    ) async throws(ConnectorError) -> Value {
        do {
            return try await pool.run(body)
        } catch {
            throw error.connectorError(during: operation)
        }
    }

    private func result<Value: Sendable>(
        _ operation: String, _ body: @Sendable (DirectorySession) throws(LDAPFailure) -> Value
    ) async -> Result<Value, ConnectorError> {
        do {
            return .success(try await run(operation, body))
        } catch {
            return .failure(error)
        }
    }
}
