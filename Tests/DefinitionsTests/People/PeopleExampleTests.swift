import AccessModel
import Definitions
import Foundation
import Testing

/// The feed of the example organisation, which the demo plays.
@Suite struct PeopleExampleTests {
    static let folder = URL(filePath: #filePath).deletingLastPathComponent().appending(
        path: "../../../Examples/mountainlab/hr")

    static func bytes(_ name: String) throws -> [UInt8] { Array(try Data(contentsOf: folder.appending(path: name))) }

    @Test func theStoryOfTheExample() throws {
        let rules = FeedRules(domains: ["mountainlab.io"], importedAt: at("2026-11-21T07:00:00Z"))
        guard case .whole(let snapshot, let warnings) = HRSnapshot.read(try Self.bytes("people.csv"), rules: rules)
        else {
            Issue.record("the feed was refused")
            return
        }
        #expect(warnings.isEmpty)
        #expect(snapshot.count == 36)
        #expect(snapshot.asOf == at("2026-11-21T06:00:00Z"))
        let intake = SnapshotIntake(guards: Guards(), days: .utc, importedAt: rules.importedAt)
        let decision = intake.decide(snapshot, known: [], earlier: [], recentRemovals: [])
        #expect(decision.joined.count == 36 && !decision.isHeld)
        var people = Dictionary(
            uniqueKeysWithValues: decision.accepted.map { ($0.id.text, PersonTimeline(id: $0.id, rows: [$0])) })
        for name in ["01-joined", "02-moved", "03-extended", "04-left"] {
            let event = try HREvent.read(try Self.bytes("events/\(name).json"), rules: rules)
            people[event.person.text] = (people[event.person.text] ?? PersonTimeline(id: event.person)).adding(event)
        }
        func state(_ id: String, _ time: String) -> PersonState? { people[id]?.state(at: at(time), in: .utc) }
        #expect(state("e-0033", "2026-11-22T00:00:00Z")?.isActive == false)
        #expect(state("e-0033", "2026-11-23T00:00:00Z")?.isActive == true)
        #expect(state("e-0011", "2026-11-21T10:00:00Z")?.person.title == "Data Engineer")
        #expect(state("e-0011", "2026-11-21T10:00:00Z")?.moves.count == 1)
        #expect(state("c-0002", "2027-12-31T12:00:00Z")?.isActive == true)
        #expect(state("c-0001", "2026-12-16T00:00:00Z")?.isActive == false)
        #expect(state("e-0003", "2026-11-21T09:30:00Z")?.presence == .left)
    }
}
