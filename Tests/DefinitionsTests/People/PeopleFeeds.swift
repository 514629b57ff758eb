import AccessModel
import Definitions
import Testing

/// Feeds and people as the tests of this folder write them.
enum PeopleFeeds {
    static let header =
        "id,email,given_name,family_name,type,status,department,title,manager_id,location,start_date,end_date,aliases"
    static let marta = "e-0001,marta@mountainlab.io,Marta,Ruiz,employee,active,Engineering,Lead,,Madrid,2021-03-01,,"
    static let javi =
        "e-0002,javi@mountainlab.io,Javi,Ortega,employee,active,Engineering,Engineer,e-0001,Madrid,2021-11-01,,"
    static let rafa =
        "c-0001,rafa@mountainlab.io,Rafa,Costa,contractor,active,Engineering,Engineer,e-0001,,2026-01-15,2026-12-15,"
    static let lena =
        "x-0001,lena@audit.example,Lena,\"Brandt, Dr. \"\"L\"\"\",external,active,Audit,,,Wien,,2027-03-31,"
    static let good = feed([marta, javi, rafa, lena], "#count,4,2026-11-21T06:00:00Z")

    static func feed(_ rows: [String], _ count: String?, lineEnd: String = "\n") -> String {
        ([header] + rows + [count].compactMap { $0 }).map { $0 + lineEnd }.joined()
    }

    static let rules = FeedRules(domains: ["mountainlab.io"], importedAt: at("2026-11-21T07:00:00Z"))

    static func read(_ text: String) -> HRSnapshot.Reading { HRSnapshot.read(Array(text.utf8), rules: rules) }

    /// `count` people, `p-0001` and on, all active, as of `asOf`; `change` edits each line's fields.
    static func snapshot(
        _ count: Int, asOf: String, leavingOut: Set<Int> = [], change: (Int, inout [String]) -> Void = { _, _ in }
    ) throws -> HRSnapshot {
        var rows: [String] = []
        for number in 1...count where !leavingOut.contains(number) {
            var fields = [
                personID(number), "p\(number)@mountainlab.io", "P\(number)", "Q", "employee", "active", "Engineering",
                "Engineer", "", "Madrid", "2021-01-01", "", "",
            ]
            change(number, &fields)
            rows.append(fields.joined(separator: ","))
        }
        // A feed comes in when it says that it holds, or later.
        let rules = FeedRules(
            domains: ["mountainlab.io"], importedAt: max(Self.rules.importedAt, Instant(asOf) ?? .init(milliseconds: 0))
        )
        let bytes = Array(feed(rows, "#count,\(rows.count),\(asOf)").utf8)
        return try #require(HRSnapshot.read(bytes, rules: rules).snapshot)
    }

    static func personID(_ number: Int) -> String {
        "p-" + String(repeating: "0", count: 4 - String(number).utf8.count) + String(number)
    }

    static func event(
        _ kind: String, subject: String = "e-0001", id: String = "1", time: String = "2026-11-21T09:00:00Z",
        effective: String? = nil, person: String = "{}"
    ) throws -> HREvent {
        let effective = effective.map { "\"effective\": \"\($0)\", " } ?? ""
        let text =
            "{\"specversion\": \"1.0\", \"id\": \"\(id)\", \"source\": \"hr\", "
            + "\"type\": \"io.tenure.identity.\(kind)\", \"time\": \"\(time)\", \"subject\": \"\(subject)\", "
            + "\"data\": {\(effective)\"person\": \(person)}}"
        return try HREvent.read(Array(text.utf8), rules: rules)
    }
}

/// A time that is written in a test; a wrong one would be a mistake of the test.
func at(_ text: String) -> Instant { Instant(text) ?? Instant(milliseconds: -1) }
