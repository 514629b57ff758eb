import StrictJSON
import TestSupport
import Testing

@Suite struct BrokenEventTests {
    /// How the good event is broken, and the line that is pointed at.
    struct Event {
        let old: String
        let new: String
        let line: Int
    }

    static let good = """
        {"specversion": "1.0",
         "id": "hr-9",
         "source": "hr/mountainlab",
         "type": "io.tenure.identity.joined",
         "time": "2026-11-21T09:00:00Z",
         "subject": "e-0042",
         "data": {"effective": "2026-11-21T17:00:00Z",
          "person": {"email": "nina@mountainlab.io",
           "given_name": "Nina", "family_name": "Campos",
           "type": "employee", "status": "active",
           "start_date": "2026-11-23"}}}
        """

    static let broken = [
        Event(old: "\"1.0\"", new: "\"1.1\"", line: 1), Event(old: "\"specversion\": \"1.0\",", new: "", line: 1),
        Event(old: "\"hr-9\"", new: "7", line: 2), Event(old: "hr-9", new: "", line: 2),
        Event(old: "\"id\": \"hr-9\",", new: "", line: 1), Event(old: "hr/mountainlab", new: "hr mountainlab", line: 3),
        Event(old: "identity.joined", new: "identity.promoted", line: 4),
        Event(old: "\"2026-11-21T09:00:00Z\"", new: "\"2026-02-30T09:00:00Z\"", line: 5),
        Event(old: "e-0042", new: "nina@mountainlab.io", line: 6),
        Event(old: "\"subject\"", new: "\"id\": \"x\", \"subject\"", line: 6),
        Event(old: "2026-11-21T17:00:00Z", new: "soon", line: 7),
        Event(old: "nina@mountainlab.io", new: "nina@elsewhere.example", line: 8),
        Event(old: "nina@mountainlab.io", new: "nina", line: 8),
        Event(old: "nina@mountainlab.io", new: "ana@mountainlab.io", line: 8),
        Event(old: "\"given_name\"", new: "\"first_name\"", line: 9),
        Event(old: "\"employee\"", new: "\"contractor\"", line: 8),
        Event(old: "\"active\"", new: "\"present\"", line: 10),
        Event(old: "2026-11-23\"}}}", new: "2026-11-31\"}}}", line: 11),
        Event(old: "\"}}}", new: "\"}}", line: 11), Event(old: "}}}", new: "}}} {}", line: 11),
        Event(old: good, new: "", line: 1), Event(old: good, new: "[]", line: 1),
    ]

    @Test func everyBrokenEventIsRefusedWithItsPlaceAndChangesNothing() async throws {
        let office = try await Rehearsal.applied()
        let before = try await office.standing()
        let holds = try await office.json("hold", "list")
        for event in Self.broken {
            let text = Self.good.replacing(event.old, with: event.new, maxReplacements: 1)
            #expect(text != Self.good)
            try office.write("event.json", text)
            let taken = try await office.expect(1, "event", "event.json", "--apply")
            #expect(
                taken.errors.contains("event.json:\(event.line):"),
                "`\(event.old)` -> `\(event.new)`: \(taken.errors)")
        }
        #expect(try await office.standing() == before)
        #expect(try await office.json("hold", "list") == holds)
        try office.write("event.json", Self.good)
        try await office.expect(0, "event", "event.json", "--apply")
    }
}
