extension Library {
    static let texts: Table = [
        "matches": [2: .two(matches)],
        "strings.quote": [1: change("strings.quote", \.quoted)],
    ]

    static let memberTexts: Table = searches.merging(changes) { first, _ in first }

    private static let searches: Table = [
        "size": [1: .one(Conversion.size)],
        "matches": [2: .two(matches)],
        "contains": [2: test("contains") { $0.contains($1) }],
        "startsWith": [2: test("startsWith") { $0.hasPrefix($1) }],
        "endsWith": [2: test("endsWith") { $0.hasSuffix($1) }],
        "charAt": [2: .two(character)],
        "indexOf": [2: .many(indexOf), 3: .many(indexOf)],
        "lastIndexOf": [2: .many(lastIndexOf), 3: .many(lastIndexOf)],
    ]

    private static let changes: Table = [
        "lowerAscii": [1: change("lowerAscii", \.asciiLowercased)],
        "upperAscii": [1: change("upperAscii", \.asciiUppercased)],
        "trim": [1: change("trim", \.trimmed)],
        "reverse": [1: change("reverse", \.reversed)],
        "join": [1: .many(join), 2: .many(join)],
        "replace": [3: .many(replace), 4: .many(replace)],
        "split": [2: .many(split), 3: .many(split)],
        "substring": [2: .many(substring), 3: .many(substring)],
        "format": [2: .two(format)],
    ]

    private static func change(
        _ name: String, _ body: @escaping @Sendable (CELString) -> CELString
    ) -> Implementation {
        .one { (value, budget) throws(CELError) in
            guard case .string(let text) = value else { throw .noOverload(name, value) }
            try budget.chargeMaking(2 * text.utf8.count)
            return .string(body(text))
        }
    }

    private static func test(
        _ name: String, _ body: @escaping @Sendable (CELString, CELString) -> Bool
    ) -> Implementation {
        .two { (left, right, budget) throws(CELError) in
            guard case .string(let text) = left, case .string(let other) = right else {
                throw .noOverload(name, left, right)
            }
            try budget.charge((text.utf8.count + other.utf8.count) >> 3)
            return .bool(body(text, other))
        }
    }
}

// Patterns
extension Library {
    @Sendable private static func matches(
        _ left: CELValue, _ right: CELValue, _ budget: inout Budget
    ) throws(CELError) -> CELValue {
        guard case .string(let text) = left, case .string(let source) = right else {
            throw .noOverload("matches", left, right)
        }
        try budget.charge(source.utf8.count)
        let pattern = try pattern(source, prepared: false)
        try budget.charge(pattern.stepsPerByte)
        try chargeMatching(pattern, text, &budget)
        return .bool(pattern.matches(text))
    }

    static func pattern(_ source: CELString, prepared: Bool) throws(CELError) -> CELPattern {
        do throws(CELPatternError) {
            return try CELPattern(source, prepared: prepared)
        } catch {
            throw CELError(.invalidArgument, "invalid pattern: \(error)")
        }
    }

    @inline(__always)
    static func chargeMatching(
        _ pattern: CELPattern, _ text: CELString, _ budget: inout Budget
    ) throws(CELError) {
        try budget.charge(text.utf8.count * pattern.stepsPerByte >> 3)
    }
}

// Places
extension Library {
    @Sendable private static func character(
        _ left: CELValue, _ right: CELValue, _ budget: inout Budget
    ) throws(CELError) -> CELValue {
        guard case .string(let text) = left, case .int(let index) = right else {
            throw .noOverload("charAt", left, right)
        }
        try budget.chargeReading(text.utf8.count)
        return .string(try text.character(at: index))
    }

    @Sendable private static func indexOf(
        _ arguments: [CELValue], _ budget: inout Budget
    ) throws(CELError) -> CELValue {
        let search = try Search("indexOf", arguments, &budget)
        return .int(try search.text.index(of: search.other, from: search.number ?? 0))
    }

    @Sendable private static func lastIndexOf(
        _ arguments: [CELValue], _ budget: inout Budget
    ) throws(CELError) -> CELValue {
        let search = try Search("lastIndexOf", arguments, &budget)
        return .int(try search.text.lastIndex(of: search.other, from: search.number))
    }

    @Sendable private static func substring(
        _ arguments: [CELValue], _ budget: inout Budget
    ) throws(CELError) -> CELValue {
        guard case .string(let text) = arguments[0], case .int(let start) = arguments[1] else {
            throw .noOverload("substring", arguments)
        }
        try budget.chargeMaking(text.utf8.count)
        guard arguments.count == 3 else { return .string(try text.substring(from: start)) }
        guard case .int(let end) = arguments[2] else { throw .noOverload("substring", arguments) }
        return .string(try text.substring(from: start, to: end))
    }

    /// Two texts and perhaps a number.
    private struct Search {
        let text: CELString
        let other: CELString
        let number: Int64?

        init(_ name: String, _ arguments: [CELValue], _ budget: inout Budget) throws(CELError) {
            guard case .string(let text) = arguments[0], case .string(let other) = arguments[1] else {
                throw .noOverload(name, arguments)
            }
            (self.text, self.other) = (text, other)
            if arguments.count > 2 {
                guard case .int(let value) = arguments[2] else { throw .noOverload(name, arguments) }
                number = value
            } else {
                number = nil
            }
            try budget.charge((text.utf8.count + other.utf8.count) >> 3)
        }
    }

    @Sendable private static func split(
        _ arguments: [CELValue], _ budget: inout Budget
    ) throws(CELError) -> CELValue {
        let search = try Search("split", arguments, &budget)
        try budget.charge(search.other.utf8.isEmpty ? 2 * search.text.utf8.count : search.text.utf8.count >> 2)
        return .list(search.text.split(search.other, limit: search.number ?? -1).map { .string($0) })
    }
}

// Texts made of several
extension Library {
    @Sendable private static func join(
        _ arguments: [CELValue], _ budget: inout Budget
    ) throws(CELError) -> CELValue {
        guard case .list(let list) = arguments[0] else { throw .noOverload("join", arguments) }
        var separator: CELString = ""
        if arguments.count > 1 {
            guard case .string(let text) = arguments[1] else { throw .noOverload("join", arguments) }
            separator = text
        }
        for case .string(let text) in list { try budget.chargeMaking(text.utf8.count + separator.utf8.count) }
        return .string(try CELString.joined(list, by: separator))
    }

    @Sendable private static func replace(
        _ arguments: [CELValue], _ budget: inout Budget
    ) throws(CELError) -> CELValue {
        guard case .string(let text) = arguments[0], case .string(let old) = arguments[1],
            case .string(let new) = arguments[2]
        else { throw .noOverload("replace", arguments) }
        var limit: Int64 = -1
        if arguments.count > 3 {
            guard case .int(let value) = arguments[3] else { throw .noOverload("replace", arguments) }
            limit = value
        }
        try budget.charge((text.utf8.count + old.utf8.count) >> 3)
        let places = occurrences(of: old, in: text)
        try budget.chargeMaking(text.utf8.count)
        try budget.charge(places * (1 + new.utf8.count >> 4))
        return .string(text.replacing(old, with: new, limit: limit))
    }

    /// How often `old` stands in `text` at most.
    private static func occurrences(of old: CELString, in text: CELString) -> Int {
        if old.utf8.isEmpty { return text.utf8.count + 1 }
        let search = ByteSearch(Array(old.utf8))
        return text.withBytes { bytes in
            var count = 0
            var position = 0
            while let place = search.first(in: bytes, from: position) {
                count += 1
                position = place + search.needle.count
            }
            return count
        }
    }

    @Sendable private static func format(
        _ left: CELValue, _ right: CELValue, _ budget: inout Budget
    ) throws(CELError) -> CELValue {
        guard case .string(let text) = left, case .list(let arguments) = right else {
            throw .noOverload("format", left, right)
        }
        try budget.chargeMaking(text.utf8.count)
        for argument in arguments { try chargeWriting(argument, &budget) }
        return .string(try text.formatted(with: arguments))
    }

    /// For all that a value holds, each time that it is held. A number is written in up to 64 digits, or, as it is
    /// wanted, with up to a thousand.
    private static func chargeWriting(_ value: CELValue, _ budget: inout Budget) throws(CELError) {
        switch value {
        case .string(let text): try budget.chargeMaking(2 * text.utf8.count)
        case .bytes(let bytes): try budget.chargeMaking(8 * bytes.count)
        case .list(let list):
            try budget.charge(1)
            for element in list { try chargeWriting(element, &budget) }
        case .map(let map):
            // Keys are put into order.
            try budget.charge(1 + 8 * map.count)
            for entry in map.entries {
                try chargeWriting(entry.key, &budget)
                try chargeWriting(entry.value, &budget)
            }
        case .double: try budget.charge(64)
        default: try budget.charge(8)
        }
    }
}
