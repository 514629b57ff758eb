import AccessModel
import StrictJSON

#if canImport(Glibc)
    import Glibc
#elseif canImport(Darwin)
    import Darwin
#endif

/// An interval that has not ended, as it is stored.
struct OpenHolding {
    let id: Int64
    let key: String
    let kind: String
    let identity: String?
    let group: String?
    let fact: String
    let causes: String

    init(_ row: SQLRow) throws(PersistenceError) {
        id = try row.integer(0)
        key = try row.text(1)
        kind = try row.text(2)
        identity = try row.optionalText(3)
        group = try row.optionalText(4)
        fact = try row.text(5)
        causes = try row.text(6)
    }

    func readFact() throws(PersistenceError) -> Fact { try SQLRow([.text(fact)]).fact(0) }
}

/// Walks what was seen and what is known side by side, both in the order of their keys' bytes, so that neither needs
/// to be looked up.
struct HoldingDiff {
    struct Opening {
        let fact: Fact
        let text: String
        let causes: String
    }

    private struct Seen {
        let key: String
        let seen: SeenFact
    }

    private let seen: [Seen]
    private let unsettled: Set<String>
    private var position = 0
    private(set) var opening: [Opening] = []
    private(set) var closing: [OpenHolding] = []

    /// Of two facts with one key, the first counts.
    init(_ facts: [SeenFact], except unsettled: Set<String>) {
        self.unsettled = unsettled
        let sorted = facts.map { Seen(key: $0.fact.key, seen: $0) }
            .filter { unsettled.isEmpty || !unsettled.contains($0.key) }
            .sorted { bytesPrecede($0.key, $1.key) }
        var unique: [Seen] = []
        unique.reserveCapacity(sorted.count)
        for fact in sorted {
            if let last = unique.last, !bytesPrecede(last.key, fact.key) { continue }
            unique.append(fact)
        }
        seen = unique
    }

    var keys: [String] { seen.map(\.key) }

    /// The next known interval, in the order of keys.
    mutating func visit(_ known: OpenHolding, _ scope: HoldingScope) throws {
        guard unsettled.isEmpty || !unsettled.contains(known.key) else { return }
        while position < seen.count, bytesPrecede(seen[position].key, known.key) { openNext(nil) }
        guard position < seen.count, !bytesPrecede(known.key, seen[position].key) else {
            if scope.covers(kind: known.kind, identity: known.identity, group: known.group) { closing.append(known) }
            return
        }
        let current = seen[position].seen
        let isSame =
            canonicalText(current.fact.json).utf8.elementsEqual(known.fact.utf8)
            && (current.causes.map { Self.text($0).utf8.elementsEqual(known.causes.utf8) } ?? true)
        if isSame {
            position += 1
        } else {
            closing.append(known)
            openNext(known.causes)
        }
    }

    /// After the last known interval.
    mutating func finish() {
        while position < seen.count { openNext(nil) }
    }

    private mutating func openNext(_ oldCauses: String?) {
        let current = seen[position].seen
        position += 1
        opening.append(
            Opening(
                fact: current.fact, text: canonicalText(current.fact.json),
                causes: current.causes.map(Self.text) ?? oldCauses ?? "[]"))
    }

    private static func text(_ causes: [Cause]) -> String { canonicalText(.array(causes.map(\.json))) }
}

private func canonicalText(_ value: JSONValue) -> String { String(decoding: value.canonicalBytes, as: UTF8.self) }

/// The order of both databases; `<` on strings is Unicode's.
func bytesPrecede(_ left: String, _ right: String) -> Bool {
    let fast: Bool?? = left.utf8.withContiguousStorageIfAvailable { left in
        right.utf8.withContiguousStorageIfAvailable { right in
            guard let leftStart = left.baseAddress, let rightStart = right.baseAddress else {
                return left.count < right.count
            }
            let order = memcmp(leftStart, rightStart, min(left.count, right.count))
            return order == 0 ? left.count < right.count : order < 0
        }
    }
    if let result = fast, let result { return result }
    return left.utf8.lexicographicallyPrecedes(right.utf8)
}
