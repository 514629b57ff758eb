import AccessModel
import AuditTrail
import Definitions
import Lifecycle
import Persistence
import TestSupport
import Testing

/// Many at once on the same requests: each ends in one way, and the log says the same.
@Suite struct AccessRaceTests {
    private static let operations = 1_000

    private enum Deed: CaseIterable {
        case approve, approveOther, approveOwn, deny, edit, withdraw, expire, release, extend, leave
    }

    @Test func oneOutcomeEach() async throws {
        try await AccessBench.with { bench in
            var tickets: [AccessTicket] = []
            for number in 0..<20 {
                let name = ["javi", "ana", "iris"][number % 3]
                tickets.append(
                    try await bench.desk(name).request(
                        AccessDesk.Draft(group: "payments/live/contributor", reason: "INC-\(number)")))
            }
            bench.clock.advance(by: .hours(7))
            await withTaskGroup(of: Void.self) { group in
                var random = SeededGenerator(seed: 4)
                for number in 0..<Self.operations {
                    // Late ones find the requests expired.
                    if number == Self.operations * 3 / 4 { group.addTask { bench.clock.advance(by: .hours(2)) } }
                    let ticket = tickets[Int.random(in: 0..<tickets.count, using: &random)]
                    var deed = Deed.allCases.randomElement(using: &random) ?? .approve
                    if deed == .leave, number % 300 != 0 { deed = .approve }
                    group.addTask { [deed] in await Self.perform(deed, ticket, bench, number) }
                }
            }
            try await bench.desk("local:eva").expire()
            try await check(tickets, bench)
        }
    }

    /// What is refused is refused: only what the log says counts.
    private static func perform(_ deed: Deed, _ ticket: AccessTicket, _ bench: AccessBench, _ number: Int) async {
        let owner = ticket.person.map { String($0.text.dropFirst(2)) } ?? ""
        do {
            switch deed {
            case .approve: _ = try await bench.desk("nora").approve(ticket.id)
            case .approveOther: _ = try await bench.desk("marta").approve(ticket.id)
            case .approveOwn: _ = try await bench.desk(owner).approve(ticket.id)
            case .deny: _ = try await bench.desk("marta").deny(ticket.id, reason: "no")
            case .edit: _ = try await bench.desk(owner).edit(ticket.id, .init(reason: "edit \(number)"))
            case .withdraw: _ = try await bench.desk(owner).withdraw(ticket.id)
            case .expire: try await bench.desk("local:eva").expire()
            case .release: _ = try await bench.desk("nora").release(ticket.id)
            case .extend: _ = try await bench.desk(owner).extend(ticket.id, by: .minutes(10), reason: nil)
            case .leave: try await bench.hear("left", "iris", ["status": "left"])
            }
        } catch is LifecycleError {
            return
        } catch {
            Issue.record("\(deed): \(error)")
        }
    }

    private func check(_ tickets: [AccessTicket], _ bench: AccessBench) async throws {
        let endings: Set<String> = [
            "access.denied", "access.withdrawn", "access.expired", "access.granted", "access.extended",
        ]
        var counts: [String: Int] = [:]
        var hashes: [String: Set<String>] = [:]
        for record in try await bench.records() {
            guard let id = record.body["request"]?.string else { continue }
            if endings.contains(record.type) { counts[id, default: 0] += 1 }
            if record.type == "access.approved" {
                #expect(record.actor != record.body["person"]?.string)
                hashes[id, default: []].insert(record.body["hash"]?.string ?? "")
            }
        }
        for ticket in tickets {
            #expect(counts[ticket.id] == 1, "\(ticket.id) ended \(counts[ticket.id] ?? 0) times")
            let now = try await bench.desk("local:eva").show(ticket.id)
            guard let window = now.window else {
                #expect(now.request?.state != .approved)
                continue
            }
            #expect(now.request?.state == .approved)
            #expect(!window.approvedBy.contains(window.person) && window.approvedBy.count == 1)
            #expect(hashes[ticket.id]?.contains(now.request?.hash ?? "") == true)
            #expect(window.from < window.until && window.until - window.from <= .hours(4))
        }
        try await carriedOut(tickets, bench)
    }

    /// Nobody holds anything outside of a window.
    private func carriedOut(_ tickets: [AccessTicket], _ bench: AccessBench) async throws {
        for _ in 0..<6 {
            try await bench.sweep()
            try await bench.reconcile()
            let live = try await bench.database.read { [now = bench.clock.now()] session in
                try WindowStore(session).unsettled().filter { $0.isLive(at: now) && $0.group.tier.text == "live" }
                    .map(\.person.text)
            }
            for name in ["javi", "ana", "iris", "nora", "marta"] {
                let isHeld = await !bench.holds(name).isEmpty
                #expect(isHeld == live.contains("e-\(name)"), "\(name) at \(bench.clock.now())")
            }
            bench.clock.advance(by: .hours(1))
        }
        let left = try await bench.database.read { try WindowStore($0).unsettled() }
        #expect(left.isEmpty)
    }
}
