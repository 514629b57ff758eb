import AccessModel
import Crypto
import StrictJSON

/// What binds an approval to exactly the changes that were reviewed.
enum PlanHash {
    /// Lower-case hex SHA-256 over the canonical JSON of
    /// `{"changes": [{"before", "fact", "held", "lane", "op", "target"}, ...], "definitions_revision": ...}`.
    static func hash(of changes: [Change], definitionsRevision: String) -> String {
        var hasher = SHA256()
        func write(_ text: String) { hasher.update(data: Array(text.utf8)) }
        // Piece by piece: the same bytes as of the whole object, without holding it.
        write("{\"changes\":[")
        for (number, change) in changes.enumerated() {
            if number > 0 { write(",") }
            hasher.update(data: hashed(change).canonicalBytes)
        }
        write("],\"definitions_revision\":")
        hasher.update(data: JSONValue.string(definitionsRevision).canonicalBytes)
        write("}")
        let digits = Array("0123456789abcdef".utf8)
        let hex = hasher.finalize().flatMap { [digits[Int($0 >> 4)], digits[Int($0 & 15)]] }
        return String(decoding: hex, as: UTF8.self)
    }

    private static func hashed(_ change: Change) -> JSONValue {
        [
            "op": .string(change.operation.rawValue), "lane": .string(change.lane.rawValue),
            "target": .string(change.target.text), "fact": change.fact.json, "before": change.before?.json ?? .null,
            "held": .bool(change.isHeld),
        ]
    }
}
