import AccessModel
import Lifecycle
import Persistence
import WorkflowEngine

extension Installation {
    /// The same at the present moment, with another actor: for a server, where each request has its own.
    ///
    /// - Parameter isProven: Whether whoever calls this made sure that it is they.
    public func acting(as actor: String, isProven: Bool = true) async throws -> Installation {
        let now = try await renewed()
        return now.with(now.context.acting(as: actor, isProven: isProven))
    }

    /// The same now, for who only reads: the time is not written down.
    public func reading(as actor: String) -> Installation {
        let moment = max(context.now, clock.now())
        return with(context.acting(as: actor).at(moment, vouched: context.vouched))
    }

    func speaking(as actor: String) -> Installation { with(context.acting(as: actor)) }

    /// Who may do what with Tenure itself, now; nil before the first apply.
    ///
    /// - Parameter known: One of before, which is handed back where it still stands.
    public func authorityBook(_ known: AuthorityBook? = nil) async throws -> AuthorityBook? {
        guard let definitions = try await definitionsInForce() else { return nil }
        let context = try await renewed().context
        if let known, try await database.readBriefly({ session in try known.stands(at: context, session) }) {
            return known
        }
        return try await database.read { session in try AuthorityBook(definitions, at: context, session) }
    }

    /// What time it is, again and again.
    public var ticking: @Sendable () -> Instant {
        let clock = clock
        return { clock.now() }
    }

    /// The same, which tells of each step that it carries out.
    public func observed(by observer: @escaping StepObserver) -> Installation {
        var context = context
        context.observer = observer
        return with(context)
    }

    /// Whether several processes on several machines may share the state.
    public var isOnServer: Bool { folder.isOnServer }

    /// Where a server keeps its copy of the organisation's repository, and the files of the commit that it follows: what
    /// relative paths in them start from.
    public var definitionCopyFolder: String { folder.folder + "/definitions" }

    /// Whether the database answers.
    public func isReady() async throws -> Bool {
        try await database.read { session in try SettingsStore(session).generation() >= 0 }
    }
}
