import Foundation
import Synchronization
import TestSupport
import Testing

/// SIGKILL at random moments and after every effect: whoever runs the command again comes to the same end.
@Suite(.serialized) struct KillTests {
    /// A first apply, from nothing.
    @Test func applyKilledAnywhereComesToTheSameEnd() async throws {
        let rehearsal = try Rehearsal()
        for tenant in ["catalog", "insights", "storefront"] {
            try FileManager.default.removeItem(atPath: rehearsal.path("mountainlab/tenants/\(tenant).yaml"))
        }
        try rehearsal.write("few.csv", try rehearsal.feed(without: Set((10...32).map { "e-00\($0)" })))
        try await rehearsal.expect(0, "people", "import", "few.csv")
        try await killed(rehearsal, ["apply", "mountainlab", "--yes"], random: 9, boundaries: 4, seed: 1)
    }

    @Test func leaverKilledAnywhereComesToTheSameEnd() async throws {
        var rehearsal = try await Rehearsal.applied()
        rehearsal.clock = "2026-11-21T09:30:30Z"
        try await killed(
            rehearsal, ["event", "mountainlab/hr/events/04-left.json", "--apply"], random: 9, boundaries: 4, seed: 2)
    }

    @Test func moverKilledAnywhereComesToTheSameEnd() async throws {
        var rehearsal = try await Rehearsal.applied()
        rehearsal.clock = "2026-11-21T09:11:00Z"
        try await rehearsal.expect(0, "event", "mountainlab/hr/events/02-moved.json")
        try rehearsal.moveHugoInFiles()
        try await killed(rehearsal, ["apply", "mountainlab", "--yes"], random: 9, boundaries: 4, seed: 3)
    }

    private func killed(
        _ rehearsal: Rehearsal, _ arguments: [String], random: Int, boundaries: Int, seed: UInt64
    ) async throws {
        try rehearsal.folder.save()
        let before = try await rehearsal.records().count
        let uninterrupted = try await rehearsal.run(arguments)
        #expect(uninterrupted.status == 0, "\(uninterrupted.everything)")
        let end = try await rehearsal.world()
        let whole = Journal(Array(try await rehearsal.records().dropFirst(before)))
        #expect(whole.count > 5)
        #expect(whole.faults.isEmpty, "\(whole.faults)")

        for boundary in 1...boundaries {
            try rehearsal.folder.restore()
            let watch = EffectWatch(rehearsal, count: boundary)
            let run = try await rehearsal.run(arguments, killed: .when { watch.isReached })
            #expect(run.wasKilled || run.status == 0, "\(run.everything)")
            try await expectSameEnd(rehearsal, arguments, end, since: before, "after effect \(boundary)")
            try await rehearsal.expect(0, "plan", "mountainlab", "--detailed-exitcode")
        }
        var generator = SeededGenerator(seed: seed)
        var kills = 0
        var span = uninterrupted.duration
        // The run may be over before its moment comes; only kills count.
        for _ in 0..<(random * 4) where kills < random {
            try rehearsal.folder.restore()
            let moment = span * generator.below(1_000) / 1_000
            let run = try await rehearsal.run(arguments, killed: .after(moment))
            guard run.wasKilled else {
                // The machine is less busy than it was when the span was measured.
                span = min(span, run.duration)
                continue
            }
            kills += 1
            try await expectSameEnd(rehearsal, arguments, end, since: before, "after \(moment)")
        }
        #expect(kills == random)
    }

    private func expectSameEnd(
        _ rehearsal: Rehearsal, _ arguments: [String], _ end: [String], since before: Int, _ moment: String
    ) async throws {
        let again = try await rehearsal.run(arguments)
        #expect(again.status == 0, "\(moment): \(again.everything)")
        let world = try await rehearsal.world()
        #expect(world == end, "\(moment): \(Set(world).symmetricDifference(end).sorted())")
        let records = Array(try await rehearsal.expectGenuineLog().dropFirst(before))
        let journal = Journal(records)
        #expect(journal.faults.isEmpty, "\(moment): \(journal.faults)")
        let leavers = Set(
            records.filter { $0.type == "case.opened" && $0.body["kind"]?.string == "leaver" }.map(\.caseID))
        let checked = Set(records.filter { $0.type == "residual.checked" }.map(\.caseID))
        #expect(checked == leavers, "\(moment): a leaver's residual access was not read back")
    }
}

/// Counts how often the directories' files changed.
final class EffectWatch: Sendable {
    private struct Seen {
        var sizes: [Int64] = []
        var effects = 0
    }

    private let paths: [String]
    private let count: Int
    private let seen: Mutex<Seen>

    init(_ rehearsal: Rehearsal, count: Int) {
        paths = ["corp", "shop"].map { rehearsal.path("mountainlab/\($0).directory") }
        self.count = count
        var first = Seen()
        first.sizes = Self.sizes(paths)
        seen = Mutex(first)
    }

    var isReached: Bool {
        let now = Self.sizes(paths)
        return seen.withLock { seen in
            if now != seen.sizes {
                seen.sizes = now
                seen.effects += 1
            }
            return seen.effects >= count
        }
    }

    private static func sizes(_ paths: [String]) -> [Int64] {
        paths.map { path in
            var info = stat()
            return stat(path, &info) == 0 ? Int64(info.st_size) : -1
        }
    }
}
