import AccessModel
import Definitions
import Lifecycle
import Persistence
import SignIn

extension Installation {
    /// Everything that a server needs to know who speaks.
    public func signIn(_ settings: SignInSettings) async throws -> ServerSignIn {
        let clock = clock
        let now: @Sendable () -> Instant = { clock.now() }
        let view = SignInView(self)
        let roster: @Sendable () async throws -> Roster = { try await view.roster() }
        let organization: @Sendable () async throws -> Organization? = { try await view.organization() }
        let keys = IssuerKeys(now: now)
        let mint = try await tokenMint(settings.server)
        let refusals = RefusalBook(database: database, now: now)
        let desk = SessionDesk(
            database: database, limits: settings.sessions, now: now, random: SecretBytes.make, refusals: refusals)
        let exchange = TokenExchange(
            database: database, mint: mint, keys: keys,
            issuers: IssuerDirectory(workloadIssuers: settings.workloadIssuers), refusals: refusals,
            organization: organization, now: now)
        let rules = settings.provider.map { provider in
            BearerCheck.ProviderRules(
                issuer: provider.client.issuer, audience: provider.audience, clients: provider.clients,
                personClaim: provider.personClaim)
        }
        let browser = settings.provider.map { provider in
            BrowserSignIn(
                client: provider.client, redirect: settings.redirect, keys: keys,
                http: ProviderHTTP(provider.client.issuer, clock: now), desk: desk, personClaim: provider.personClaim,
                roster: roster)
        }
        let information = settings.provider.map { provider in
            UserInformation(
                issuer: provider.client.issuer, keys: keys, http: ProviderHTTP(provider.client.issuer, clock: now),
                now: now)
        }
        let bearer = BearerCheck(
            mint: mint, provider: rules, keys: keys, information: information, roster: roster,
            organization: organization, now: now)
        return ServerSignIn(
            settings: settings, desk: desk, mint: mint, exchange: exchange, bearer: bearer, browser: browser,
            isActive: { person in try await roster()[person]?.isActive ?? false })
    }

    /// Signs with the key of this generation, and takes tokens of the one before. Another generation is a new key.
    func tokenMint(_ server: String) async throws -> TokenMint {
        let generation = try await database.read { session in
            try SettingsStore(session).value(.tokenGeneration).flatMap { Int($0) } ?? 1
        }
        let secret = signer.encoded
        let keys = try [generation, generation - 1].filter { $0 > 0 }.map { generation in
            try TokenKey(derivedFrom: secret, generation: generation)
        }
        return try TokenMint(server: server, keys: keys, newID: { "tok-" + Installation.newID() })
    }

    /// Makes another key for tokens, which a server takes up when it starts; those that are out stay good until their end.
    public func rotateTokenKey() async throws {
        try await database.write { session in
            let settings = SettingsStore(session)
            let generation = try settings.value(.tokenGeneration).flatMap { Int($0) } ?? 1
            try settings.set(.tokenGeneration, to: String(generation + 1))
        }
    }

    /// A link by which a person may sign in once without a provider, from this machine.
    ///
    /// - Throws: `missing` for somebody who is not active.
    public func makeBootstrapLink(for person: String, on server: ServerSignIn) async throws -> BootstrapLink {
        let state = try await SignInView(self).roster().find(person)
        guard state.isActive, state.person.kind != .service else {
            throw InstallationError(
                code: .missing, operation: "make a bootstrap link", message: "`\(person)` is nobody who counts now")
        }
        return try await server.desk.makeBootstrapLink(for: state.person.id, actor: context.actor)
    }
}

extension SettingsStore.Name {
    /// Which key signs tokens.
    static let tokenGeneration = SettingsStore.Name("token.generation")
}
