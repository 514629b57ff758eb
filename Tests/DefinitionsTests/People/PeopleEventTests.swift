import AccessModel
import Definitions
import StrictJSON
import Testing

/// An event that is refused: how the good one below is broken, and what is said about it where.
struct BrokenEvent: Sendable, CustomTestStringConvertible {
    let old: String
    let new: String
    let code: String
    let field: String?
    let line: Int

    init(_ old: String, _ new: String, _ code: String, _ field: String?, line: Int) {
        self.old = old
        self.new = new
        self.code = code
        self.field = field
        self.line = line
    }

    var testDescription: String { "\(code): `\(old)` -> `\(new)`" }
}

@Suite struct PeopleEventTests {
    static let good = """
        {"specversion": "1.0",
         "id": "hr-2026-000123",
         "source": "hr/workday",
         "type": "io.tenure.identity.joined",
         "time": "2026-11-21T09:00:00Z",
         "subject": "e-0042",
         "datacontenttype": "application/json",
         "data": {"effective": "2026-11-21T17:00:00Z",
          "person": {"email": "rosa@mountainlab.io",
           "given_name": "Rosa", "family_name": "Campos",
           "type": "employee", "status": "active",
           "start_date": "2026-11-23"}}}
        """

    static func read(_ text: String) throws -> HREvent { try HREvent.read(Array(text.utf8), rules: PeopleFeeds.rules) }

    @Test func aGoodEventIsRead() throws {
        let event = try Self.read(Self.good)
        #expect(event.kind == .joined)
        #expect(event.person == PersonID("e-0042"))
        #expect(event.effective == at("2026-11-21T17:00:00Z"))
        #expect(event.attributes.count == 6)
        #expect(HREvent(json: event.json) == event)
        #expect(
            try Self.read(Self.good.replacing("\"effective\": \"2026-11-21T17:00:00Z\",", with: "")).effective
                == event.time)
    }

    static let envelope: [BrokenEvent] = [
        BrokenEvent("\"1.0\"", "\"1.1\"", "specversion", "specversion", line: 1),
        BrokenEvent("\"1.0\"", "1.0", "specversion", "specversion", line: 1),
        BrokenEvent("\"specversion\": \"1.0\",", "", "specversion", "specversion", line: 1),
        BrokenEvent("\"id\": \"hr-2026-000123\",", "", "missing-attribute", "id", line: 1),
        BrokenEvent("hr-2026-000123", "", "missing-attribute", "id", line: 2),
        BrokenEvent("\"hr-2026-000123\"", "7", "wrong-type", "id", line: 2),
        BrokenEvent("hr-2026-000123", "a\\u0000b", "control-character", "id", line: 2),
        BrokenEvent("hr-2026-000123", String(repeating: "x", count: 257), "too-long", "id", line: 2),
        BrokenEvent("hr/workday", "", "missing-attribute", "source", line: 3),
        BrokenEvent("hr/workday", "hr workday", "invalid-source", "source", line: 3),
        BrokenEvent("hr/workday", "hr%2", "invalid-source", "source", line: 3),
        BrokenEvent("hr/workday", "hr/\\u202e", "control-character", "source", line: 3),
        BrokenEvent("identity.joined", "identity.promoted", "unknown-type", "type", line: 4),
        BrokenEvent("identity.joined", "identity.Joined", "unknown-type", "type", line: 4),
        BrokenEvent("identity.joined", "identity.notjoined", "unknown-type", "type", line: 4),
        BrokenEvent("io.tenure", "io..tenure", "unknown-type", "type", line: 4),
        BrokenEvent("\"time\": \"2026-11-21T09:00:00Z\",", "", "missing-attribute", "time", line: 1),
        BrokenEvent("2026-11-21T09:00:00Z", "2026-11-21", "invalid-time", "time", line: 5),
        BrokenEvent("2026-11-21T09:00:00Z", "2026-02-30T09:00:00Z", "invalid-time", "time", line: 5),
        BrokenEvent("\"subject\": \"e-0042\",", "", "missing-attribute", "subject", line: 1),
        BrokenEvent("e-0042", "rosa@mountainlab.io", "invalid-id", "subject", line: 6),
        BrokenEvent("application/json", "text/xml", "content-type", "datacontenttype", line: 7),
        BrokenEvent("\"subject\"", "\"Trace\": 1, \"subject\"", "unknown-attribute", "Trace", line: 6),
        BrokenEvent("\"subject\"", "\"trace_id\": 1, \"subject\"", "unknown-attribute", "trace_id", line: 6),
        BrokenEvent("\"subject\"", "\"trace\": [1], \"subject\"", "wrong-type", "trace", line: 6),
        BrokenEvent("\"subject\"", "\"data_base64\": \"AA==\", \"subject\"", "binary-data", "data_base64", line: 6),
        BrokenEvent("\"subject\"", "\"id\": \"2\", \"subject\"", "invalid-json", nil, line: 6),
        BrokenEvent("2026-11-21T17:00:00Z", "soon", "invalid-time", "data.effective", line: 8),
        BrokenEvent("\"2026-11-21T17:00:00Z\"", "7", "wrong-type", "data.effective", line: 8),
        BrokenEvent("\"effective\"", "\"effect\"", "unknown-member", "data.effect", line: 8),
    ]

    static let people: [BrokenEvent] = [
        BrokenEvent("\"email\": \"rosa@mountainlab.io\",", "", "missing-value", "data.person.email", line: 9),
        BrokenEvent("\"given_name\": \"Rosa\",", "", "missing-value", "data.person.given_name", line: 9),
        BrokenEvent("\"type\": \"employee\",", "", "missing-value", "data.person.type", line: 9),
        BrokenEvent("rosa@", "rosa", "invalid-email", "data.person.email", line: 9),
        BrokenEvent("rosa@mountainlab.io", "rosa@evil.example", "foreign-domain", "data.person.email", line: 9),
        BrokenEvent("\"rosa@mountainlab.io\"", "null", "missing-value", "data.person.email", line: 9),
        BrokenEvent("\"Rosa\"", "7", "wrong-type", "data.person.given_name", line: 10),
        BrokenEvent("\"Rosa\"", "\"Ro\\nsa\"", "control-character", "data.person.given_name", line: 10),
        BrokenEvent("\"employee\"", "\"boss\"", "invalid-type", "data.person.type", line: 11),
        BrokenEvent("\"employee\"", "\"contractor\"", "end-required", "data.person.end_date", line: 9),
        BrokenEvent("\"active\"", "\"left\"", "status-conflict", "data.person.status", line: 11),
        BrokenEvent("\"active\"", "\"compromised\"", "status-conflict", "data.person.status", line: 11),
        BrokenEvent("\"active\"", "\"gone\"", "invalid-status", "data.person.status", line: 11),
        BrokenEvent("2026-11-23", "2026-11-31", "invalid-date", "data.person.start_date", line: 12),
        BrokenEvent("\"start_date\"", "\"started\"", "unknown-member", "data.person.started", line: 12),
        BrokenEvent("\"start_date\"", "\"id\": \"e-0043\", \"start_date\"", "other-person", "data.person.id", line: 12),
        BrokenEvent(
            "\"start_date\"", "\"manager_id\": \"e-0042\", \"start_date\"", "own-manager", "data.person.manager_id",
            line: 12),
        BrokenEvent(
            "\"start_date\"", "\"end_date\": \"2026-11-01\", \"start_date\"", "end-before-start",
            "data.person.end_date",
            line: 12),
        BrokenEvent(
            "\"start_date\"", "\"aliases\": [7], \"start_date\"", "wrong-type", "data.person.aliases", line: 12),
        BrokenEvent("identity.joined", "identity.extended", "missing-value", "data.person.end_date", line: 9),
        BrokenEvent("identity.joined", "identity.moved", "status-conflict", "data.person.status", line: 11),
        BrokenEvent("identity.joined", "identity.left", "status-conflict", "data.person.status", line: 11),
        BrokenEvent("identity.joined", "identity.suspended", "status-conflict", "data.person.status", line: 11),
    ]

    @Test(arguments: envelope + people)
    func aBrokenEventIsRefusedWithItsPlace(_ broken: BrokenEvent) throws {
        let text = Self.good.replacing(broken.old, with: broken.new, maxReplacements: 1)
        #expect(text != Self.good)
        let error = #expect(throws: HREventError.self) { try Self.read(text) }
        let problems = try #require(error).problems
        let problem = try #require(problems.first { $0.code == broken.code }, "found \(problems)")
        #expect(problem.field == broken.field)
        #expect(problem.line == broken.line)
        #expect(!problem.message.isEmpty)
    }

    @Test(arguments: ["", "[]", "null", "{", "\u{FEFF}{}", "{} {}"])
    func whatIsNoEventIsRefused(_ text: String) {
        #expect(throws: HREventError.self) { try Self.read(text) }
    }

    @Test func anEventCutAtAnyByteIsRefused() {
        let bytes = Array(Self.good.utf8)
        for length in 0..<bytes.count {
            #expect(throws: HREventError.self) {
                try HREvent.read(Array(bytes[..<length]), rules: PeopleFeeds.rules)
            }
        }
    }

    @Test func anEventThatIsTooLargeIsRefused() {
        let padding = String(repeating: " ", count: HREvent.maximumSize)
        let error = #expect(throws: HREventError.self) { try Self.read(Self.good + padding) }
        #expect(error?.code == "event-too-large")
    }

    @Test func allProblemsAreToldInOneRun() throws {
        let text = Self.good.replacing("rosa@", with: "rosa").replacing("\"1.0\"", with: "\"2\"")
        let error = #expect(throws: HREventError.self) { try Self.read(text) }
        #expect(error?.problems.map(\.code) == ["specversion", "invalid-email"])
    }

    @Test func aRepeatIsKnownByItsContent() throws {
        let event = try Self.read(Self.good)
        let spaced = try Self.read(Self.good.replacing("\n", with: "  "))
        let traced = try Self.read(Self.good.replacing("\"subject\"", with: "\"traceparent\": \"00-1\", \"subject\""))
        let other = try Self.read(Self.good.replacing("Rosa", with: "Rosalia"))
        #expect(spaced.isRepeat(of: event))
        #expect(traced.isRepeat(of: event))
        #expect(!other.isRepeat(of: event))
        #expect(event.canonicalContent == spaced.canonicalContent)
    }

    @Test func anEventIsCheckedAgainstWhatIsKnown() throws {
        let joined = try PeopleFeeds.event(
            "joined", subject: "e-0002",
            person:
                "{\"email\":\"marta@mountainlab.io\",\"given_name\":\"M\",\"family_name\":\"N\",\"type\":\"employee\"}")
        let marta = try #require(EmailAddress("Marta@mountainlab.io"))
        let id = try #require(PersonID("e-0001"))
        let cause = Cause.snapshot(asOf: at("2026-11-21T06:00:00Z"), note: "")
        func roster(_ presence: PersonState.Presence) -> Roster {
            Roster([
                PersonState(
                    person: Person(id: id, email: marta), presence: presence, presenceCause: cause,
                    presenceSince: at("2026-11-21T06:00:00Z"))
            ])
        }
        let problems = joined.problems(against: nil, roster: roster(.active), rules: PeopleFeeds.rules, in: [])
        #expect(problems.map(\.code) == ["shared-address"])
        #expect(joined.problems(against: nil, roster: roster(.left), rules: PeopleFeeds.rules, in: []).isEmpty)
        let stranger = try PeopleFeeds.event("left", subject: "e-0009")
        let warnings = stranger.problems(against: nil, roster: roster(.active), rules: PeopleFeeds.rules, in: [])
        #expect(warnings.map(\.severity) == [.warning])
    }

    /// Javi, in an event of several lines whose every value but two is Marta's too.
    private static let clashing = """
        {"specversion": "1.0", "id": "1", "source": "hr",
         "type": "io.tenure.identity.joined",
         "time": "2026-11-21T09:00:00Z",
         "subject": "e-0002",
         "data": {"person": {"given_name": "J", "family_name": "O", "type": "employee",
           "email": "marta@mountainlab.io", "manager_id": "e-0099",
           "aliases": ["javi@mountainlab.io",
                       "MARTA@mountainlab.io"]}}}
        """

    @Test func aProblemOfThePeopleHasThePlaceOfItsValue() throws {
        func roster(_ id: String, _ presence: PersonState.Presence) throws -> Roster {
            let person = Person(
                id: try #require(PersonID(id)), email: try #require(EmailAddress("marta@mountainlab.io")))
            let cause = Cause.snapshot(asOf: at("2026-11-21T06:00:00Z"), note: "")
            return Roster([
                PersonState(person: person, presence: presence, presenceCause: cause, presenceSince: at("2026-11-21"))
            ])
        }
        func places(_ text: String, _ roster: Roster) throws -> [String] {
            try Self.read(text).problems(against: nil, roster: roster, rules: PeopleFeeds.rules, in: Array(text.utf8))
                .map { "\($0.line):\($0.column) \($0.severity.rawValue) \($0.code)" }
        }
        #expect(
            try places(Self.clashing, roster("e-0001", .active)) == [
                "6:13 error shared-address", "6:51 warning unknown-manager", "8:16 error shared-address",
            ])
        // What the person bears already is said again, and nothing new.
        let again = Self.clashing.replacing("e-0002", with: "e-0001")
        #expect(
            try places(again, roster("e-0001", .left)) == [
                "2:10 warning joined-after-leaving", "6:51 warning unknown-manager",
            ])
        let moved = Self.clashing.replacing("joined", with: "moved")
        #expect(try places(moved, roster("e-0001", .active)).first == "4:13 warning unknown-person")
    }
}
