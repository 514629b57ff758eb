import AccessModel
import Definitions
import StrictJSON
import Testing

@Suite struct PeopleSnapshotTests {
    @Test func aGoodFeedIsReadWhole() throws {
        let snapshot = try #require(PeopleFeeds.read(PeopleFeeds.good).snapshot)
        #expect(snapshot.asOf == at("2026-11-21T06:00:00Z"))
        #expect(snapshot.rows.map(\.id.text) == ["c-0001", "e-0001", "e-0002", "x-0001"])
        let lena = snapshot.rows[3].person
        #expect(lena.familyName == "Brandt, Dr. \"L\"")
        #expect(lena.kind == .external)
        #expect(lena.endDate == CalendarDay("2027-03-31"))
        #expect(snapshot.rows[2].person.manager == PersonID("e-0001"))
    }

    @Test func lineEndsMayBeCRLF() throws {
        let text = PeopleFeeds.feed([PeopleFeeds.marta], "#count,1,2026-11-21T06:00:00Z", lineEnd: "\r\n")
        #expect(PeopleFeeds.read(text).snapshot?.count == 1)
    }

    @Test func aFeedThatDoesNotSayItsTimeHoldsAsOfTheImport() {
        let text = PeopleFeeds.feed([PeopleFeeds.marta], "#count,1")
        #expect(PeopleFeeds.read(text).snapshot?.asOf == PeopleFeeds.rules.importedAt)
    }

    @Test func theSameFeedAsJSONSaysTheSame() throws {
        let csv = try #require(PeopleFeeds.read(PeopleFeeds.good).snapshot)
        let json = try #require(PeopleFeeds.read(Self.json(of: csv)).snapshot)
        #expect(json.asOf == csv.asOf)
        #expect(json.rows == csv.rows)
        #expect(csv.rows.map { SnapshotRow(json: $0.json) } == csv.rows.map { $0 })
    }

    static func json(of snapshot: HRSnapshot) -> String {
        let value: JSONValue = [
            "count": .integer(Int64(snapshot.count)), "as_of": .string(snapshot.asOf.description),
            "people": .array(snapshot.rows.map(\.json)),
        ]
        return value.prettyText
    }

    /// Promise 1: no removal without proof of completeness.
    @Test(arguments: ["\n", "\r\n"]) func aCSVFeedCutAtAnyByteIsRefused(lineEnd: String) {
        let rows = [PeopleFeeds.marta, PeopleFeeds.javi, PeopleFeeds.rafa, PeopleFeeds.lena]
        let bytes = Array(PeopleFeeds.feed(rows, "#count,4,2026-11-21T06:00:00Z", lineEnd: lineEnd).utf8)
        #expect(HRSnapshot.read(bytes, rules: PeopleFeeds.rules).snapshot != nil)
        for length in 0..<bytes.count {
            let reading = HRSnapshot.read(Array(bytes[..<length]), rules: PeopleFeeds.rules)
            #expect(reading.refusal?.problems.isEmpty == false, "cut after \(length) bytes")
        }
    }

    @Test func aJSONFeedCutAtAnyByteIsRefused() throws {
        let snapshot = try #require(PeopleFeeds.read(PeopleFeeds.good).snapshot)
        let bytes = Array(Self.json(of: snapshot).utf8)
        for length in 0..<bytes.count {
            let reading = HRSnapshot.read(Array(bytes[..<length]), rules: PeopleFeeds.rules)
            #expect(reading.refusal?.problems.isEmpty == false, "cut after \(length) bytes")
        }
    }

    @Test func allProblemsAreToldInOneRunWithTheirPlaces() throws {
        let text = PeopleFeeds.feed(
            [
                PeopleFeeds.marta.replacing("employee", with: "boss").replacing("2021-03-01", with: "2021-02-30"),
                PeopleFeeds.javi.replacing("javi@", with: "javi at "),
                PeopleFeeds.rafa.replacing("2026-12-15", with: ""),
            ], "#count,2,2026-11-21T06:00:00Z")
        let refusal = try #require(PeopleFeeds.read(text).refusal)
        #expect(
            refusal.problems.map { "\($0.line):\($0.column) \($0.code)" } == [
                "2:40 invalid-type", "2:77 invalid-date", "3:8 invalid-email", "4:97 end-required",
                "5:8 count-mismatch",
            ])
        #expect(refusal.advice.contains("removes nobody"))
    }

    private func warnings(_ rows: String...) throws -> [FeedProblem] {
        guard case .whole(let snapshot, let warnings) = PeopleFeeds.read(PeopleFeeds.feed(rows, "#count,\(rows.count)"))
        else {
            Issue.record("the feed was refused")
            return []
        }
        #expect(snapshot.count == rows.count)
        #expect(warnings.allSatisfy { $0.severity == .warning })
        return warnings
    }

    @Test func twoWithOneAddressAreBothTakenAndBothNamed() throws {
        let other = PeopleFeeds.javi.replacing("javi@", with: "MARTA@")
        let problem = try #require(try warnings(PeopleFeeds.marta, other).first)
        #expect(problem.code == "shared-address")
        #expect(problem.message.contains("`e-0001`") && problem.message.contains("`e-0002`"))
        let alias = try warnings(PeopleFeeds.marta, PeopleFeeds.javi + "Marta@mountainlab.io")
        #expect(alias.map { "\($0.line):\($0.column) \($0.code)" } == ["3:1 shared-address"])
    }

    @Test func anAddressOfSomebodyWhoLeftMayBeGivenAgain() throws {
        let old = PeopleFeeds.marta.replacing(",active,", with: ",left,")
        let new = PeopleFeeds.javi.replacing("javi@", with: "marta@")
        #expect(try warnings(old, new).isEmpty)
        let leaving = old.replacing("2021-03-01,,", with: "2021-03-01,2026-12-01,")
        #expect(try warnings(leaving, new).map(\.code) == ["shared-address"])
    }

    @Test func anUnknownManagerIsAWarning() throws {
        let warnings = try warnings(PeopleFeeds.javi)
        #expect(warnings.map(\.code) == ["unknown-manager"])
        #expect(warnings.map(\.line) == [2])
    }

    @Test func problemsBeyondAThousandAreCounted() throws {
        let rows = (1...1_200).map { _ in PeopleFeeds.marta.replacing("employee", with: "boss") }
        let problems = try #require(PeopleFeeds.read(PeopleFeeds.feed(rows, "#count,1200")).refusal?.problems)
        #expect(problems.count == 1_001)
        #expect(problems.last?.message == "and 200 more problems")
    }
}
