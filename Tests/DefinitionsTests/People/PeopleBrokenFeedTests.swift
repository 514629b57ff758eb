import AccessModel
import Definitions
import Testing

/// Feeds that are refused: what is wrong, where, and a part of what is said about it.
struct BrokenFeed: Sendable, CustomTestStringConvertible {
    let name: String
    let bytes: [UInt8]
    let code: String
    let place: String
    let says: String

    init(_ name: String, _ text: String, _ code: String, at place: String, says: String) {
        self.init(name, bytes: Array(text.utf8), code, at: place, says: says)
    }

    init(_ name: String, bytes: [UInt8], _ code: String, at place: String, says: String) {
        self.name = name
        self.bytes = bytes
        self.code = code
        self.place = place
        self.says = says
    }

    /// Of a feed with one person, whose line has `old` replaced by `new`.
    init(_ name: String, _ old: String, _ new: String, _ code: String, at place: String, says: String) {
        let row = PeopleFeeds.marta.replacing(old, with: new)
        self.init(name, PeopleFeeds.feed([row], "#count,1,2026-11-21T06:00:00Z"), code, at: place, says: says)
    }

    var testDescription: String { name }
}

@Suite struct PeopleBrokenFeedTests {
    static let header = PeopleFeeds.header
    static let marta = PeopleFeeds.marta
    static let count = "#count,1,2026-11-21T06:00:00Z"

    static let wholes: [BrokenFeed] = [
        BrokenFeed("empty", "", "empty-feed", at: "1:1", says: "empty"),
        BrokenFeed("blank", " \n\r\n", "empty-feed", at: "1:1", says: "empty"),
        BrokenFeed("no header", "\(marta)\n\(count)\n", "header", at: "1:1", says: "expected exactly `id,email"),
        BrokenFeed("header alone", "\(header)\n", "missing-count", at: "2:1", says: "`#count,0`"),
        BrokenFeed("header in capitals", "\(header.uppercased())\n", "header", at: "1:1", says: "not the header"),
        BrokenFeed("header with a space", "\(header) \n", "header", at: "1:1", says: "not the header"),
        BrokenFeed(
            "columns in another order", PeopleFeeds.good.replacing("id,email", with: "email,id"), "header", at: "1:1",
            says: "not the header"),
        BrokenFeed("no count", PeopleFeeds.feed([marta], nil), "missing-count", at: "3:1", says: "`#count,1`"),
        BrokenFeed("count of nobody", PeopleFeeds.feed([], "#count,0"), "empty-feed", at: "2:1", says: "nobody"),
        BrokenFeed(
            "count too high", PeopleFeeds.feed([marta], "#count,2"), "count-mismatch", at: "3:8",
            says: "states 2 people and holds 1"),
        BrokenFeed(
            "count too low", PeopleFeeds.feed([marta, PeopleFeeds.javi], "#count,1"), "count-mismatch", at: "4:8",
            says: "states 1 people and holds 2"),
        BrokenFeed(
            "a time far ahead", PeopleFeeds.feed([marta], "#count,1,2036-11-21T06:00:00Z"), "future-snapshot",
            at: "1:1", says: "correct its time"),
        BrokenFeed(
            "count in words", PeopleFeeds.feed([marta], "#count,one"), "invalid-count", at: "3:1", says: "`#count,N`"),
        BrokenFeed(
            "negative count", PeopleFeeds.feed([marta], "#count,-1"), "invalid-count", at: "3:1", says: "whole number"),
        BrokenFeed(
            "count without number", PeopleFeeds.feed([marta], "#count"), "invalid-count", at: "3:1", says: "N a whole"),
        BrokenFeed(
            "count with too much", PeopleFeeds.feed([marta], count + ",x"), "invalid-count", at: "3:1",
            says: "`#count,N,TIME`"),
        BrokenFeed(
            "time without zone", PeopleFeeds.feed([marta], "#count,1,2026-11-21T06:00:00"), "invalid-time", at: "3:10",
            says: "expected one like"),
        BrokenFeed(
            "text after the count", PeopleFeeds.feed([marta], count) + PeopleFeeds.javi + "\n", "after-count",
            at: "4:1",
            says: "nothing follows"),
        BrokenFeed(
            "blank line after the count", PeopleFeeds.feed([marta], count) + "\n", "after-count", at: "4:1",
            says: "last record"),
        BrokenFeed("no last line end", "\(header)\n\(marta)\n\(count)", "cut-off", at: "3:1", says: "line end"),
        BrokenFeed(
            "byte order mark", bytes: [0xEF, 0xBB, 0xBF] + Array(PeopleFeeds.good.utf8), "byte-order-mark", at: "1:1",
            says: "without one"),
        BrokenFeed(
            "duplicate id", PeopleFeeds.feed([marta, marta.replacing("marta@", with: "m@")], "#count,2"),
            "duplicate-id",
            at: "3:1", says: "on line 2 already"),
    ]

    static let fields: [BrokenFeed] = [
        BrokenFeed("a field too few", "Ruiz,", "", "field-count", at: "2:1", says: "12 fields instead of 13"),
        BrokenFeed("a field too many", "Ruiz,", "Ruiz,Gil,", "field-count", at: "2:1", says: "14 fields instead of 13"),
        BrokenFeed("blank line", marta, "", "field-count", at: "2:1", says: "1 fields"),
        BrokenFeed("id with a space", "e-0001", "e 0001", "invalid-id", at: "2:1", says: "`e 0001` is not an id"),
        BrokenFeed("id with an accent", "e-0001", "é-0001", "invalid-id", at: "2:1", says: "is not an id"),
        BrokenFeed("no id", "e-0001", "", "missing-value", at: "2:1", says: "may not be empty"),
        BrokenFeed("no e-mail", "marta@mountainlab.io", "", "missing-value", at: "2:8", says: "may not be empty"),
        BrokenFeed("no at sign", "marta@", "marta.", "invalid-email", at: "2:8", says: "is not an e-mail"),
        BrokenFeed("e-mail not ASCII", "marta@", "márta@", "invalid-email", at: "2:8", says: "expected ASCII"),
        BrokenFeed(
            "foreign domain", "mountainlab.io", "evil.example", "foreign-domain", at: "2:8", says: "`mountainlab.io`"),
        BrokenFeed("sub-domain", "@mountainlab", "@x.mountainlab", "foreign-domain", at: "2:8", says: "`external`"),
        BrokenFeed(
            "foreign alias", "2021-03-01,,", "2021-03-01,,m@evil.example", "foreign-domain", at: "2:93", says: "m@evil"),
        BrokenFeed("unknown type", "employee", "boss", "invalid-type", at: "2:40", says: "`employee`, `contractor`"),
        BrokenFeed("type in capitals", "employee", "Employee", "invalid-type", at: "2:40", says: "not one of"),
        BrokenFeed(
            "unknown status", ",active,", ",gone,", "invalid-status", at: "2:49", says: "`active`, `suspended`, `left`"),
        BrokenFeed(
            "compromised as a status", ",active,", ",compromised,", "invalid-status", at: "2:49", says: "not one of"),
        BrokenFeed("30 February", "2021-03-01", "2021-02-30", "invalid-date", at: "2:81", says: "a day that exists"),
        BrokenFeed(
            "date in another order", "2021-03-01", "01/03/2021", "invalid-date", at: "2:81", says: "`YYYY-MM-DD`"),
        BrokenFeed(
            "end before start", "2021-03-01,,", "2021-03-01,2021-02-28,", "end-before-start", at: "2:92",
            says: "before the start"),
        BrokenFeed("own manager", "Lead,,", "Lead,e-0001,", "own-manager", at: "2:73", says: "cannot be the manager"),
        BrokenFeed("manager that is no id", "Lead,,", "Lead,?,", "invalid-id", at: "2:73", says: "`?` is not an id"),
        BrokenFeed(
            "contractor without end", "employee", "contractor", "end-required", at: "2:94", says: "`contractor` needs"),
        BrokenFeed(
            "external without end", "employee", "external", "end-required", at: "2:92", says: "`external` needs"),
        BrokenFeed("NUL", "Ruiz", "Ru\0iz", "control-character", at: "2:35", says: "U+0000"),
        BrokenFeed("tab", "Ruiz", "Ru\tiz", "control-character", at: "2:35", says: "U+0009"),
        BrokenFeed("line feed in quotes", "Ruiz", "\"Ru\niz\"", "control-character", at: "2:35", says: "U+000A"),
        BrokenFeed("right-to-left override", "Ruiz", "Ru\u{202E}iz", "control-character", at: "2:35", says: "U+202E"),
        BrokenFeed("C1 control", "Ruiz", "Ru\u{85}iz", "control-character", at: "2:35", says: "U+0085"),
        BrokenFeed(
            "too long a field", "Ruiz", String(repeating: "x", count: 1_025), "too-long", at: "2:35", says: "1025 bytes"
        ),
        BrokenFeed("quote inside of a field", "Ruiz", "Ru\"iz", "quote", at: "2:37", says: "double this one"),
        BrokenFeed("text after a quoted field", "Ruiz", "\"Ru\"iz", "quote", at: "2:35", says: "close it"),
        BrokenFeed("quote that is never closed", "Ruiz", "\"Ruiz", "quote", at: "2:35", says: "does not end"),
        BrokenFeed("lone carriage return", "Ruiz", "Ru\riz", "carriage-return", at: "2:37", says: "CRLF or LF"),
        BrokenFeed(
            "empty alias", "2021-03-01,,", "2021-03-01,,a@mountainlab.io;", "invalid-email", at: "2:93", says: "``"),
    ]

    static let notUTF8 = BrokenFeed(
        "not UTF-8",
        bytes: Array("\(header)\n".utf8) + Array(marta.utf8).map { $0 == UInt8(ascii: "z") ? 0xFF : $0 }
            + Array("\n\(count)\n".utf8), "not-utf8", at: "2:35", says: "as UTF-8")

    static func json(_ people: String, _ count: String = "\"count\": 1,") -> String {
        "{\(count)\n \"people\": [\n  \(people)]}"
    }

    static let person =
        "{\"id\": \"e-1\", \"email\": \"a@mountainlab.io\", \"type\": \"employee\", \"status\": \"active\"}"

    static let jsons: [BrokenFeed] = [
        BrokenFeed("JSON without count", json(person, ""), "missing-count", at: "1:1", says: "`"),
        BrokenFeed("JSON count mismatch", json(person, "\"count\": 2,"), "count-mismatch", at: "1:11", says: "holds 1"),
        BrokenFeed(
            "JSON count as text", json(person, "\"count\": \"1\","), "invalid-count", at: "1:11", says: "a string"),
        BrokenFeed(
            "JSON count with fraction", json(person, "\"count\": 1.5,"), "invalid-count", at: "1:11", says: "whole"),
        BrokenFeed("JSON without people", "{\"count\": 1}", "missing-people", at: "1:1", says: "an array of people"),
        BrokenFeed("JSON with nobody", json("", "\"count\": 0,"), "empty-feed", at: "2:12", says: "nobody"),
        BrokenFeed(
            "JSON time", json(person, "\"count\": 1, \"as_of\": \"now\","), "invalid-time", at: "1:23",
            says: "expected a time"),
        BrokenFeed(
            "JSON unknown member", json(person, "\"count\": 1, \"total\": 1,"), "unknown-member", at: "1:23",
            says: "`as_of`"),
        BrokenFeed("JSON person of another kind", json("7"), "wrong-type", at: "3:3", says: "found a number"),
        BrokenFeed(
            "JSON duplicate member", json("{\"id\": \"a\", \"id\": \"b\"}"), "invalid-json", at: "3:15",
            says: "duplicate"),
        BrokenFeed("JSON text after", json(person) + "x", "invalid-json", at: "3:87", says: "after the end"),
        BrokenFeed(
            "JSON unknown field", json(person.replacing("type", with: "kind")), "unknown-member", at: "3:54",
            says: "given_name"),
        BrokenFeed(
            "JSON missing field", json(person.replacing(", \"status\": \"active\"", with: "")), "missing-value",
            at: "3:3",
            says: "needs it"),
        BrokenFeed(
            "JSON number for text", json(person.replacing("\"e-1\"", with: "1")), "wrong-type", at: "3:10",
            says: "expected a string"),
        BrokenFeed(
            "JSON duplicate id", json(person + ",\n" + person.replacing("a@", with: "b@"), "\"count\": 2,"),
            "duplicate-id",
            at: "4:1", says: "line 3"),
    ]

    @Test(arguments: wholes + fields + [notUTF8] + jsons)
    func isRefusedWithItsPlace(_ feed: BrokenFeed) throws {
        let refusal = try #require(HRSnapshot.read(feed.bytes, rules: PeopleFeeds.rules).refusal)
        let problem = try #require(refusal.problems.first { $0.code == feed.code }, "found \(refusal.problems)")
        #expect("\(problem.line):\(problem.column)" == feed.place)
        #expect(problem.message.contains(feed.says), "\(problem.message)")
    }
}
