import StrictJSON
import TestSupport
import Testing

@Suite struct BrokenFeedTests {
    /// A feed of HR's that must not be believed.
    struct Feed {
        let name: String
        let text: String
        /// Part of what is said.
        let says: String
    }

    static func feeds(_ good: String) -> [Feed] {
        let lines = good.split(separator: "\n").map(String.init)
        let count = "#count,36,2026-11-21T06:00:00Z"
        func with(_ old: String, _ new: String) -> String { good.replacing(old, with: new) }
        return [
            Feed(name: "empty", text: "", says: "feed:1:1"),
            Feed(name: "blank", text: "\n\n", says: "feed:1:1"),
            Feed(name: "header alone", text: lines[0] + "\n", says: "#count"),
            Feed(name: "no header", text: lines.dropFirst().joined(separator: "\n"), says: "feed:1:1"),
            Feed(name: "no count", text: lines.dropLast().joined(separator: "\n") + "\n", says: "#count"),
            Feed(name: "too high a count", text: with("#count,36", "#count,37"), says: "feed:38:"),
            Feed(name: "too low a count", text: with("#count,36", "#count,35"), says: "feed:38:"),
            Feed(name: "a count of nobody", text: lines[0] + "\n#count,0\n", says: "feed:2:1"),
            Feed(name: "a person left out", text: with(lines[9] + "\n", ""), says: "feed:37:"),
            Feed(name: "something after the count", text: good + lines[3] + "\n", says: "feed:39:"),
            Feed(name: "columns in another order", text: with("id,email", "email,id"), says: "feed:1:1"),
            Feed(name: "a column shifted", text: with("e-0004,pedro", "e-0004,,pedro"), says: "feed:5:"),
            Feed(name: "an id twice", text: with("e-0004,", "e-0003,"), says: "feed:5:"),
            Feed(name: "a quote that stays open", text: with("Pedro,Sanz", "\"Pedro,Sanz"), says: "feed:5:"),
            Feed(
                name: "a status that is none", text: with("employee,active,Data,Analyst", "employee,gone,Data,Analyst"),
                says: "feed:5:"),
            Feed(name: "a day that is none", text: with("2023-09-01", "2023-09-31"), says: "feed:5:"),
            Feed(name: "a contractor for ever", text: with("2026-12-15", ""), says: "feed:34:"),
            Feed(name: "cut in the middle", text: String(good.prefix(good.count / 2)), says: "#count"),
            Feed(name: "cut within the count", text: with(count, "#cou"), says: "feed:38:"),
            Feed(name: "not CSV at all", text: "<html>503</html>", says: "feed:1:1"),
            Feed(name: "JSON that is cut", text: "{\"count\": 2, \"people\": [", says: "feed:1:"),
        ]
    }

    @Test func everyBrokenFeedIsHeldWholeAndRemovesNobody() async throws {
        let office = try await Rehearsal.applied()
        let before = try await office.standing()
        let feeds = Self.feeds(try office.read("mountainlab/hr/people.csv"))
        for feed in feeds {
            try office.write("feed", feed.text)
            let imported = try await office.expect(3, "people", "import", "feed")
            #expect(imported.errors.contains(feed.says), "\(feed.name): \(imported.errors)")
        }
        let holds = try #require(try await office.json("hold", "list").array)
        #expect(holds.count == feeds.count)
        let id = try #require(holds.first?["id"]?.string)
        try await office.expect(3, "hold", "approve", id, "--as", "marta@mountainlab.io")
        try await office.expect(0, "plan", "mountainlab", "--detailed-exitcode")
        #expect(try await office.standing() == before)
        // A whole feed takes their place.
        try await office.expect(0, "people", "import", "mountainlab/hr/people.csv")
        #expect(try await office.json("hold", "list").array?.isEmpty == true)
    }
}
