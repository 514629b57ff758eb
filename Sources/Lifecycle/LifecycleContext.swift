import AccessModel
import AuditTrail
import Persistence
import WorkflowEngine

/// What every part of the lifecycle is handed: where things are kept, who acts, and what time it is.
public struct LifecycleContext: Sendable {
    public let database: any Database
    /// A person's id, `local:NAME` for a user of this machine, `workload:TENANT/TIER/NAME` for a pipeline.
    public private(set) var actor: String
    /// The moment that everything in one command is decided at. Never behind one that was relied upon before.
    public private(set) var now: Instant
    /// The latest that it surely is; `now`, but where a clock was set ahead. What is to begin at a time begins by this one:
    /// days of work, and windows that were asked for a later start.
    public private(set) var vouched: Instant
    /// A new id, `[a-z0-9]{12}`, unlike any other.
    public private(set) var newID: @Sendable () -> String
    /// Where notices go.
    public var notices: any Noticing
    /// Whether the actor proved who they are.
    public private(set) var isProven = false
    /// Told of each step that this process carries out.
    public var observer: StepObserver = { _ in }
    package var defences = Set(Defence.allCases)
    /// What leases of this process begin with; others can tell by it whether their owner still lives.
    package var worker = "tenure"
    /// How many processes work on the targets at once: each keeps to its part of their limits.
    package var workers = 1

    public init(
        database: any Database, actor: String, now: Instant, vouched: Instant? = nil,
        notices: any Noticing = NoNotices(), newID: @escaping @Sendable () -> String
    ) {
        self.database = database
        self.actor = actor
        self.now = now
        self.vouched = vouched ?? now
        self.notices = notices
        self.newID = newID
    }

    /// The same with another actor.
    ///
    /// - Parameter isProven: Whether they proved who they are.
    package func acting(as actor: String, isProven: Bool = true) -> LifecycleContext {
        var context = self
        context.actor = actor
        context.isProven = isProven
        return context
    }

    /// The same a while later. Nobody vouches for that while.
    func later(_ moment: Instant) -> LifecycleContext { at(max(now, moment), vouched: vouched) }

    /// The same at another moment.
    package func at(_ moment: Instant, vouched: Instant) -> LifecycleContext {
        var context = self
        context.now = moment
        context.vouched = vouched
        return context
    }

    /// The same with ids from `tape`.
    func drawing(from tape: IDTape) -> LifecycleContext {
        var context = self
        context.newID = { tape.next() }
        return context
    }

    /// Whether the actor is a person, by their own word: nobody proved it.
    public var isAsserted: Bool { person != nil && !isProven }

    /// The actor, where it is a person.
    public var person: PersonID? { PersonID(actor) }

    /// A record of the actor's doing.
    public func record(about subject: String? = nil, caseID: String? = nil) -> RecordContext {
        RecordContext(at: now, actor: actor, subject: subject, caseID: caseID)
    }

    /// A record of what follows by itself.
    func ownRecord(about subject: String? = nil, caseID: String? = nil) -> RecordContext {
        RecordContext(at: now, actor: "tenure", subject: subject, caseID: caseID)
    }
}
