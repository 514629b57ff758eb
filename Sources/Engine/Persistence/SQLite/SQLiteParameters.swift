import Synchronization

/// SQLite takes `$1` for a name and numbers names by their first appearance; `?1` is the place that is meant. Where the
/// places come in their order a bare `?` says the same: to look one of thousands up by its number takes as many steps.
enum SQLiteParameters {
    /// There are few, and the longest take longer to rewrite than their statements to run.
    private static let texts = Mutex<[String: String]>([:])

    /// - Parameter isKept: Whether the text is one that comes again.
    static func numbered(_ sql: String, isKept: Bool = true) -> String {
        guard isKept else { return rewritten(sql) }
        return texts.withLock { texts in
            if let text = texts[sql] { return text }
            let text = rewritten(sql)
            // Whoever writes values into their texts makes more of them than are worth keeping.
            if texts.count < 2_000 { texts[sql] = text }
            return text
        }
    }

    /// How many of the texts that are kept fit, for tests.
    static func kept(_ fits: (String) -> Bool) -> Int { texts.withLock { $0.keys.count(where: fits) } }

    private static func rewritten(_ sql: String) -> String {
        let bytes = Array(sql.utf8)
        let marks = places(in: bytes)
        let isInOrder = marks.indices.allSatisfy { marks[$0].number == $0 + 1 }
        var result: [UInt8] = []
        result.reserveCapacity(bytes.count)
        var end = 0
        for mark in marks {
            result += bytes[end..<mark.range.lowerBound]
            result.append(UInt8(ascii: "?"))
            if !isInOrder { result += bytes[mark.range].dropFirst() }
            end = mark.range.upperBound
        }
        return String(decoding: result + bytes[end...], as: UTF8.self)
    }

    /// A `$` with its digits.
    private struct Mark {
        let range: Range<Int>
        let number: Int?
    }

    private static func places(in bytes: [UInt8]) -> [Mark] {
        var marks: [Mark] = []
        var quote: UInt8?
        var index = 0
        while index < bytes.count {
            let byte = bytes[index]
            let start = index
            index += 1
            if let open = quote {
                if byte == open { quote = nil }
            } else if byte == UInt8(ascii: "'") || byte == UInt8(ascii: "\"") {
                quote = byte
            } else if byte == UInt8(ascii: "$") {
                while index < bytes.count, isDigit(bytes[index]) { index += 1 }
                guard index > start + 1 else { continue }
                let digits = String(decoding: bytes[start + 1..<index], as: UTF8.self)
                marks.append(Mark(range: start..<index, number: Int(digits)))
            }
        }
        return marks
    }

    private static func isDigit(_ byte: UInt8) -> Bool { byte >= UInt8(ascii: "0") && byte <= UInt8(ascii: "9") }
}
