import AccessModel
import ConnectorKit
import Foundation
import TestSupport

extension Workload {
    /// A whole directory observed and compared with what should hold, and drift made good; both against the
    /// directory's own tools on the same entries.
    static let slapdReconcile = Workload(
        "reconcile-slapd", area: "Connectors", title: "full reconcile with a real slapd: nothing to do, and repair"
    ) { bench in
        for size in bench.sizes([100_000]) {
            guard let directory = try SlapdEnterprise(Enterprise(size: size)) else {
                bench.note("SKIPPED: slapd is not installed")
                return
            }
            let counts = Dictionary(grouping: directory.facts, by: \.kind).mapValues(\.count)
            bench.note("\(counts.map { "\($0.value) of kind \($0.key)" }.sorted().joined(separator: ", "))")
            try await nothingToDo(directory, size: size, bench)
            try await repair(directory, size: size, bench)
            await directory.connector.close()
        }
    }

    /// Dump and reconcile take turns, so that whatever else the machine does concerns both.
    private static func nothingToDo(_ directory: SlapdEnterprise, size: Int, _ bench: Bench) async throws {
        var dumps: [Double] = []
        var observed: [Double] = []
        var compared: [Double] = []
        for run in 0..<6 {
            let start = Stopwatch.wall.seconds
            try directory.dump()
            let dumped = Stopwatch.wall.seconds
            let observation = try await directory.connector.observe(.everything)
            let seen = Stopwatch.wall.seconds
            let changes = try directory.plan(observation).plan.changes
            let planned = Stopwatch.wall.seconds
            guard changes.isEmpty else {
                throw EnterpriseError(description: "\(changes.count) changes where nothing is to do")
            }
            guard run > 0 else { continue }
            dumps.append(dumped - start)
            observed.append(seen - dumped)
            compared.append(planned - dumped)
        }
        let reference = Reference("ldapsearch dump", Samples(dumps).median)
        for (name, samples, goal) in [
            ("observe", Samples(observed), nil),
            ("observe and compare, nothing to do", Samples(compared), Goal.atMost(1.2, times: "ldapsearch dump")),
        ] {
            bench.record(
                name, size: size, unit: "s", samples.median, samples: samples.seconds, goal: goal,
                references: [reference])
        }
    }

    private static func repair(_ directory: SlapdEnterprise, size: Int, _ bench: Bench) async throws {
        let drift = try SlapdDrift(directory.facts, count: min(3_000, size / 10))
        try directory.modify(drift.breaking)
        let changes = try directory.plan(try await directory.connector.observe(.everything)).plan.changes
        guard changes.count == drift.count else {
            throw EnterpriseError(description: "\(changes.count) changes for \(drift.count) differences")
        }
        var raw: [Double] = []
        var own: [Double] = []
        for run in 0..<6 {
            let start = Stopwatch.wall.seconds
            try directory.modify(drift.repairing)
            let tool = Stopwatch.wall.seconds - start
            try directory.modify(drift.breaking)
            let begin = Stopwatch.wall.seconds
            try await ReadBackRepair(connector: directory.connector).run(changes)
            let connector = Stopwatch.wall.seconds - begin
            try directory.modify(drift.breaking)
            guard run > 0 else { continue }
            raw.append(tool)
            own.append(connector)
        }
        bench.record(
            "changes a second, applied and read back", size: size, unit: "1/s",
            Double(drift.count) / Samples(own).median, samples: Samples(own).rates(drift.count),
            goal: .atLeast(0.8, times: "ldapmodify"),
            references: [Reference("ldapmodify", Double(drift.count) / Samples(raw).median)])
    }
}

/// Changes sent to a connector and read back, as the workflow engine does it: revocations and grants side by side, each as
/// many at once as half of the target's `concurrency`, and read back in waves.
struct ReadBackRepair: Sendable {
    let connector: any Connector
    private let concurrency = 4
    private let wave = 256

    func run(_ changes: [Change]) async throws {
        try await withThrowingTaskGroup(of: Void.self) { group in
            for lane in Change.Lane.allCases {
                group.addTask { try await run(lane: changes.filter { $0.lane == lane }) }
            }
            try await group.waitForAll()
        }
    }

    private func run(lane changes: [Change]) async throws {
        for start in stride(from: 0, to: changes.count, by: wave) {
            let part = changes[start..<min(start + wave, changes.count)]
            try await send(part)
            try await readBack(part)
        }
    }

    private func send(_ changes: ArraySlice<Change>) async throws {
        try await withThrowingTaskGroup(of: Void.self) { group in
            var rest = changes.makeIterator()
            func next() {
                guard let change = rest.next() else { return }
                group.addTask { [connector] in
                    let context = ApplyContext(idempotencyKey: change.id, fencingToken: 1, attempt: 1)
                    let receipt = try await connector.apply(change, context: context)
                    guard receipt.effect == .applied else {
                        throw EnterpriseError(description: "\(change.id): \(receipt)")
                    }
                }
            }
            for _ in 0..<concurrency { next() }
            while try await group.next() != nil { next() }
        }
    }

    private func readBack(_ changes: ArraySlice<Change>) async throws {
        var names: Set<String> = []
        for change in changes {
            switch change.fact {
            case .account(let account): names.insert(account.name)
            case .membership(let membership): names.insert(membership.account)
            default: break
            }
        }
        let seen = try await connector.observe(
            .only(identities: Set(changes.compactMap(\.identity)), accountNames: names, groups: []))
        let facts = Dictionary(seen.facts.map { ($0.key, $0) }, uniquingKeysWith: { first, _ in first })
        for change in changes {
            let holds = facts[change.fact.key]?.satisfies(change.fact) ?? false
            guard holds == (change.operation != .remove) else {
                throw EnterpriseError(description: "\(change.id) is not seen")
            }
        }
    }
}
