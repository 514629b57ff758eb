import AccessModel
import ConnectorKit
import Definitions
import Lifecycle
import Persistence
import Synchronization
import TestSupport

extension Workload {
    /// Thousands of windows that end in the same second: from then until the target was told of the last one, and until
    /// all were read back and recorded.
    static let endingWindows = Workload(
        "ending-windows", area: "Access", title: "windows that end in the same second"
    ) { bench in
        for size in bench.sizes([1_000, 10_000]) {
            for kind in Workplace.Kind.allCases {
                var found: WindowCrowd.Result?
                let isThere = try await Workplace.with(kind) { place in
                    let crowd = try await WindowCrowd(size, on: place.database)
                    found = try await crowd.end()
                }
                guard isThere, let found else {
                    bench.note("SKIPPED \(kind.rawValue): it is not installed")
                    continue
                }
                bench.record(
                    "first told, \(kind.rawValue)", size: size, unit: "s", found.first, goal: .atMost(1))
                bench.record("all told, \(kind.rawValue)", size: size, unit: "s", found.last, goal: .atMost(1))
                bench.record("all read back and recorded, \(kind.rawValue)", size: size, unit: "s", found.done)
            }
        }
    }
}

/// Contributors with a window each, all of which have just ended.
struct WindowCrowd: Sendable {
    struct Result: Sendable {
        /// Seconds until the target was told of the first end, of the last, and until the sweep was over.
        let first: Double
        let last: Double
        let done: Double
    }

    private let context: LifecycleContext
    private let definitions: DefinitionSet
    private let target = ToldTarget()

    init(_ size: Int, on database: any Database) async throws {
        var builder = OrganizationBuilder()
        let names = (1...size).map { "p\($0)" }
        builder.tenant("payments", contributors: names)
        builder.organization.targets[0].limits.requestsPerSecond = 1_000_000
        builder.organization.targets[0].limits.concurrency = 16
        definitions = DefinitionSet(organization: builder.organization, files: [])
        let now = WallClock().now()
        context = LifecycleContext(database: database, actor: "tenure", now: now) { [numbers = Numbers()] in
            "bench\(numbers.next())"
        }
        try await join(names, at: now - .days(1))
        let windows = try names.map { try Self.window(of: $0, until: now) }
        let facts = try names.map { SeenFact(try Self.membership(of: $0), causes: []) }
        try await database.write { session in
            try WindowStore(session).insert(windows)
            _ = try HoldingStore(session).observe(
                facts, in: windows[0].places[0].target, scope: .nothing, at: now - .hours(1))
        }
    }

    private func join(_ names: [String], at time: Instant) async throws {
        let header =
            "id,email,given_name,family_name,type,status,department,title,manager_id,location,start_date,end_date,aliases"
        let rows = names.map { "e-\($0),\($0)@mountainlab.io,A,B,employee,active,D,T,,L,2021-01-01,," }
        let feed = ([header] + rows + ["#count,\(names.count),\(time)"]).joined(separator: "\n") + "\n"
        let desk = PeopleDesk(context: context, definitions: definitions) { bytes in
            "\(bytes.count)"
        }
        _ = try await desk.importSnapshot(Array(feed.utf8), format: .csv)
    }

    private static func window(of name: String, until: Instant) throws -> AccessWindow {
        let membership = try membership(of: name)
        var window = AccessWindow(
            id: "win-\(name)", request: nil, person: Sample.id("e-\(name)"),
            group: Sample.group("payments/live/contributor"), reason: "bench", approvedBy: [],
            askedAt: until - .hours(1), recordedAt: until - .hours(1), from: until - .hours(1), until: until,
            state: .open)
        window.places = [AccessWindow.Place(target: Sample.slug("corp"), key: membership.key)]
        return window
    }

    private static func membership(of name: String) throws -> Fact {
        .membership(
            Membership(
                group: "payments-live-contributors", notation: Sample.group("payments/live/contributor"),
                identity: .person(Sample.id("e-\(name)")), account: "\(name)@mountainlab.io"))
    }

    func end() async throws -> Result {
        let target = target
        let reconciler = Reconciler(
            context: context,
            connect: { organization in
                organization.targets.map { definition in
                    ConnectedTarget(definition: definition, abilities: Sample.directory, connector: .success(target))
                }
            }, clock: WallClock())
        let start = Stopwatch.wall.seconds
        let sweep = try await reconciler.sweep(definitions)
        let done = Stopwatch.wall.seconds - start
        guard sweep?.summary.isFinished == true, let told = target.told else {
            throw EnterpriseError(description: "not every window was ended: \(String(describing: sweep))")
        }
        return Result(first: told.lowerBound - start, last: told.upperBound - start, done: done)
    }
}

/// A target in memory without members, which notes when it was told something first and last.
private final class ToldTarget: Connector {
    let abilities = Sample.directory
    private let span = Mutex<ClosedRange<Double>?>(nil)

    var told: ClosedRange<Double>? { span.withLock { $0 } }

    func check() async throws(ConnectorError) -> TargetHealth { TargetHealth(description: "in memory") }

    func observe(_ scope: ObservationScope) async throws(ConnectorError) -> Observation {
        Observation(facts: [], completeness: .complete)
    }

    func apply(_ change: Change, context: ApplyContext) async throws(ConnectorError) -> Receipt {
        let now = Stopwatch.wall.seconds
        span.withLock { $0 = min($0?.lowerBound ?? now, now)...max($0?.upperBound ?? now, now) }
        return Receipt(effect: .applied, requestID: context.idempotencyKey, at: WallClock().now())
    }
}

/// Numbers, each once.
private final class Numbers: Sendable {
    private let last = Mutex(0)

    func next() -> Int {
        last.withLock { last in
            last += 1
            return last
        }
    }
}
