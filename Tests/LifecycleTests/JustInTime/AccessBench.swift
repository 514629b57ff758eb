import AccessModel
import AuditTrail
import ConnectorKit
import Definitions
import Lifecycle
import Persistence
import Policies
import StrictJSON
import Synchronization
import TestSupport
import Testing
import WorkflowEngine

/// The simulated time, as the engine takes it.
struct BenchClock: WorkflowClock {
    let clock: SimulatedClock

    func now() -> Instant { clock.now() }
    func sleep(until moment: Instant) async throws { try await clock.sleep(until: moment) }
    func expire(at moment: Instant) async throws { try await clock.expire(at: moment) }
}

/// Payments with its people, two targets in memory, and a desk for whoever acts.
struct AccessBench: Sendable {
    let database: any Database
    let clock: SimulatedClock
    let definitions: DefinitionSet
    let corp: SimulatedTarget
    let shop: SimulatedTarget
    let notices = CollectedNotices()
    /// What the installation makes of the time, where its clock is not right.
    var time: InstallationTime?
    private let ids = Numbers()

    /// Who is in payments: admins marta, nora; contributors javi, ana, iris; reader pedro. Marta and javi may be admins of
    /// the platform; lucia and marta may break the glass. A window on live is 4 h for contributor, by a peer; 2 h for
    /// admin, by a peer.
    static func with(
        _ change: (inout OrganizationBuilder) -> Void = { _ in }, _ body: (AccessBench) async throws -> Void
    ) async throws {
        var builder = OrganizationBuilder()
        builder.target("shop", covers: Coordinate())
        builder.tenant(
            "payments", admins: ["marta", "nora"], contributors: ["javi", "ana", "iris"], readers: ["pedro"])
        builder.core("platform/live/admin", members: ["marta", "javi"])
        let key = JITKey(tier: Sample.slug("live"), role: .contributor)
        builder.organization.tenants[0].jitOverrides[key] = JITOverride(approval: .peer)
        builder.organization.platform.breakGlass = BreakGlassRule(
            people: ["lucia", "marta"].map {
                ListedPerson(
                    email: Sample.email($0),
                    place: AccessModel.SourceLocation(file: "platform.yaml", line: 1, column: 1))
            }, maximumDuration: .hours(1), reviewWithin: .hours(24))
        change(&builder)
        let organization = builder.organization
        try await withTemporaryDatabase { database in
            let clock = SimulatedClock(Sample.now)
            let bench = AccessBench(
                database: database, clock: clock,
                definitions: DefinitionSet(organization: organization, files: []),
                corp: SimulatedTarget(clock: clock), shop: SimulatedTarget(clock: clock))
            for name in ["marta", "nora", "javi", "ana", "iris", "pedro", "lucia", "omar"] {
                try await bench.join(name)
            }
            try await bench.reconcile()
            try await body(bench)
        }
    }

    private init(
        database: any Database, clock: SimulatedClock, definitions: DefinitionSet, corp: SimulatedTarget,
        shop: SimulatedTarget
    ) {
        self.database = database
        self.clock = clock
        self.definitions = definitions
        self.corp = corp
        self.shop = shop
    }

    func context(_ actor: String, on database: (any Database)? = nil) -> LifecycleContext {
        LifecycleContext(
            database: database ?? self.database, actor: actor, now: time?.now ?? clock.now(), vouched: time?.vouched,
            notices: notices
        ) { [ids] in
            "id\(ids.next())"
        }
    }

    /// The desk with somebody at it: `javi` is `e-javi`.
    func desk(_ name: String, agents: any PolicyAgents = NoPolicyAgents()) -> AccessDesk {
        AccessDesk(
            context: context(name.contains(":") || name.hasPrefix("e-") ? name : "e-\(name)"),
            definitions: definitions, agents: agents)
    }

    // MARK: People

    /// - Parameter isChecked: Whether the desk may refuse what makes no sense.
    func hear(
        _ type: String, _ name: String, _ person: JSONValue = .object(JSONObject()), isChecked: Bool = true
    ) async throws {
        let now = clock.now()
        let event: JSONValue = [
            "specversion": "1.0", "id": .string("ev-\(ids.next())"), "source": "hr",
            "type": .string("io.tenure.identity.\(type)"), "time": .string(now.description),
            "subject": .string("e-\(name)"), "data": ["person": person],
        ]
        guard isChecked else {
            let id = "unchecked-\(ids.next())"
            try await database.write { session in
                let stored = PeopleStore.Event(
                    source: "hr", id: id, person: Sample.id("e-\(name)"), type: type, effective: now,
                    statedAt: now, receivedAt: now, digest: "", body: event)
                _ = try PeopleStore(session).insert(stored)
            }
            return
        }
        let tenants = definitions.organization.tenants.map(\.name)
        let desk = PeopleDesk(
            context: context("tenure"), definitions: definitions, tenants: tenants
        ) { "\($0.count)" }
        _ = try await desk.accept(event.canonicalBytes)
    }

    func join(
        _ name: String, email: String? = nil, aliases: [String] = [], isChecked: Bool = true
    ) async throws {
        try await hear(
            "joined", name,
            [
                "email": .string("\(email ?? name)@mountainlab.io"), "given_name": "A", "family_name": "B",
                "type": "employee", "start_date": "2026-01-01",
                "aliases": .array(aliases.map { .string("\($0)@mountainlab.io") }),
            ], isChecked: isChecked)
    }

    // MARK: The loop

    var reconciler: Reconciler { reconciler(on: database) }

    func reconciler(on database: any Database) -> Reconciler {
        let (corp, shop) = (corp, shop)
        return Reconciler(
            context: context("tenure", on: database),
            connect: { organization in
                organization.targets.map { target in
                    ConnectedTarget(
                        definition: target, abilities: Sample.directory,
                        connector: .success(target.name.text == "corp" ? corp : shop))
                }
            }, clock: BenchClock(clock: clock))
    }

    func reconcile(_ name: String? = nil) async throws {
        let reconciler = reconciler
        let survey = try await reconciler.survey(
            definitions, previous: nil, person: name.map { Sample.id("e-\($0)") })
        _ = try await reconciler.carryOut(survey, patience: .zero) { _ in }
    }

    @discardableResult
    func sweep(portion: Int = 256) async throws -> Reconciler.Sweep? {
        try await reconciler.sweep(definitions, portion: portion)
    }

    // MARK: Looking

    /// Where the person is a member of the group now, by the targets' own word.
    func holds(_ name: String, _ slug: String = "payments-live-contributors") async -> [String] {
        let key = "membership \(slug) e-\(name)"
        var places: [String] = []
        for (target, simulated) in [("corp", corp), ("shop", shop)] {
            if await simulated.held.contains(where: { $0.key == key }) { places.append(target) }
        }
        return places
    }

    func window(_ ticket: AccessTicket) async throws -> AccessWindow? {
        try await desk("local:eva").show(ticket.id).window
    }

    func records(_ types: String...) async throws -> [Record] {
        try await database.read { session in
            var filter = AuditLog.Filter()
            filter.types = types
            return try AuditLog(session).entries(filter).map(\.record)
        }
    }

    /// Asked for by one, approved by another, and carried out.
    func opened(
        _ name: String, _ group: String = "payments/live/contributor", by approver: String? = "nora",
        for duration: Span = .hours(1), start: Instant? = nil
    ) async throws -> AccessTicket {
        var ticket = try await desk(name).request(
            AccessDesk.Draft(group: group, reason: "INC-1", duration: duration, start: start))
        if let approver { ticket = try await desk(approver).approve(ticket.id) }
        try await reconcile(name)
        return try await desk(name).show(ticket.id)
    }
}

/// Keeps notices for tests to look at.
final class CollectedNotices: Noticing {
    private let list = Mutex<[Notice]>([])

    var all: [Notice] { list.withLock { $0 } }

    func put(_ notice: Notice, in session: any SQLSession) throws { list.withLock { $0.append(notice) } }
}

/// Numbers, each once.
final class Numbers: Sendable {
    private let last = Mutex(0)

    func next() -> Int {
        last.withLock { last in
            last += 1
            return last
        }
    }
}

/// The message of a refusal, which is of this kind; nil where nothing was refused.
func refusal(
    _ code: LifecycleError.Code = .denied, _ body: () async throws -> AccessTicket
) async throws -> String? {
    do {
        _ = try await body()
        return nil
    } catch let error as LifecycleError where error.code == code {
        return error.message
    }
}

/// Fails the test unless it is denied, with these words.
func expectRefused(
    _ words: String = "", sourceLocation: Testing.SourceLocation = #_sourceLocation,
    _ body: () async throws -> AccessTicket
) async throws {
    let message = try await refusal(.denied, body)
    #expect(message?.contains(words) ?? false || (words.isEmpty && message != nil), sourceLocation: sourceLocation)
}
