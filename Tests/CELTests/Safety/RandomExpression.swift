/// Numbers from a seed, the same wherever they are drawn.
struct SeededGenerator: RandomNumberGenerator {
    private var state: UInt64

    init(_ seed: UInt64) { state = seed }

    mutating func next() -> UInt64 {
        state &+= 0x9E37_79B9_7F4A_7C15
        var mixed = state
        mixed = (mixed ^ (mixed >> 30)) &* 0xBF58_476D_1CE4_E5B9
        mixed = (mixed ^ (mixed >> 27)) &* 0x94D0_49BB_1331_11EB
        return mixed ^ (mixed >> 31)
    }
}

/// Writes expressions of a wanted type, now and then with a part of a wrong one.
struct RandomExpression {
    enum Kind: CaseIterable {
        case bool, int, uint, double, string, bytes, ints, strings, scores, timestamp, duration
    }

    private var random: SeededGenerator
    /// One part in so many is of a wrong type; none for nil.
    private let mistakes: Int?
    private var locals: [(name: String, kind: Kind)] = []

    init(seed: UInt64, mistakes: Int? = nil) {
        random = SeededGenerator(seed)
        self.mistakes = mistakes
    }

    private mutating func pick<Element>(_ elements: [Element]) -> Element {
        elements[Int.random(in: 0..<elements.count, using: &random)]
    }

    mutating func write(_ kind: Kind, depth: Int) -> String {
        var kind = kind
        if let mistakes, Int.random(in: 0..<mistakes, using: &random) == 0 { kind = pick(Kind.allCases) }
        let known = locals.filter { $0.kind == kind }
        if !known.isEmpty, Bool.random(using: &random) { return pick(known).name }
        if depth <= 0 { return leaf(kind) }
        switch Int.random(in: 0..<8, using: &random) {
        case 0: return leaf(kind)
        case 1:
            return
                "(\(write(.bool, depth: depth - 1)) ? \(write(kind, depth: depth - 1)) : \(write(kind, depth: depth - 1)))"
        default: return compound(kind, depth - 1)
        }
    }

    private mutating func leaf(_ kind: Kind) -> String {
        switch kind {
        case .bool: pick(["true", "false", "r.ok", "b"])
        case .int: pick(["0", "1", "-3", "9223372036854775807", "i", "r.n"])
        case .uint: pick(["0u", "7u", "18446744073709551615u", "u"])
        case .double: pick(["0.0", "1.5", "-2e300", "d"])
        case .string: pick(["\"\"", "\"a\"", "'é🐱'", "s", "r.s"])
        case .bytes: pick(["b\"\"", "b\"\\xff\"", "bytes(s)"])
        case .ints: pick(["[1, 2, 3]", "ints", "r.ints"])
        case .strings: pick(["[\"a\", s]", "strs"])
        case .scores: pick(["{\"a\": 1, \"b\": 2}", "scores"])
        case .timestamp: pick(["t", "timestamp(\"2024-02-29T12:00:00Z\")", "timestamp(i)"])
        case .duration: pick(["duration(\"90s\")", "duration(\"-1.5h\")", "(t - t)"])
        }
    }

    private mutating func compound(_ kind: Kind, _ depth: Int) -> String {
        switch kind {
        case .bool: return condition(depth)
        case .int: return whole(depth)
        case .uint:
            return pick([binary(.uint, ["+", "-", "*", "/", "%"], depth), "uint(\(write(.int, depth: depth)))"])
        case .double:
            return pick([binary(.double, ["+", "-", "*", "/"], depth), "double(\(write(.int, depth: depth)))"])
        case .string: return text(depth)
        case .bytes: return pick([binary(.bytes, ["+"], depth), "bytes(\(write(.string, depth: depth)))"])
        case .ints: return list(of: .int, depth)
        case .strings: return list(of: .string, depth)
        case .scores: return "{\(write(.string, depth: depth)): \(write(.int, depth: depth))}"
        case .timestamp: return "(\(write(.timestamp, depth: depth)) + \(write(.duration, depth: depth)))"
        case .duration:
            return pick([
                binary(.duration, ["+", "-"], depth),
                "(\(write(.timestamp, depth: depth)) - \(write(.timestamp, depth: depth)))",
            ])
        }
    }

    private mutating func binary(_ kind: Kind, _ operators: [String], _ depth: Int) -> String {
        "(\(write(kind, depth: depth)) \(pick(operators)) \(write(kind, depth: depth)))"
    }

    private mutating func condition(_ depth: Int) -> String {
        let kind = pick(Kind.allCases)
        let ordered = pick([Kind.int, .uint, .double, .string, .bytes, .bool, .timestamp, .duration])
        switch Int.random(in: 0..<9, using: &random) {
        case 0, 1: return binary(.bool, ["&&", "||"], depth)
        case 2: return "!(\(write(.bool, depth: depth)))"
        case 3: return binary(kind, ["==", "!="], depth)
        case 4: return binary(ordered, ["<", "<=", ">", ">="], depth)
        case 5: return "(\(write(.int, depth: depth)) in \(write(.ints, depth: depth)))"
        case 6: return "(\(write(.string, depth: depth)) in \(write(.scores, depth: depth)))"
        case 7:
            let call = pick(["contains", "startsWith", "endsWith"])
            return "\(write(.string, depth: depth)).\(call)(\(write(.string, depth: depth)))"
        default: return walk(pick(["all", "exists", "exists_one"]), of: pick([.int, .string]), depth)
        }
    }

    private mutating func walk(_ macro: String, of kind: Kind, _ depth: Int, giving: Kind = .bool) -> String {
        let range = write(kind == .int ? .ints : pick([.strings, .scores]), depth: depth)
        let name = "x\(locals.count)"
        locals.append((name, kind))
        defer { locals.removeLast() }
        return "\(range).\(macro)(\(name), \(write(giving, depth: depth)))"
    }

    private mutating func list(of kind: Kind, _ depth: Int) -> String {
        switch Int.random(in: 0..<4, using: &random) {
        case 0: return binary(kind == .int ? .ints : .strings, ["+"], depth)
        case 1: return walk("map", of: pick([.int, .string]), depth, giving: kind)
        case 2: return walk("filter", of: kind, depth)
        default: return kind == .int ? leaf(.ints) : "\(write(.string, depth: depth)).split(\",\")"
        }
    }

    private mutating func whole(_ depth: Int) -> String {
        switch Int.random(in: 0..<7, using: &random) {
        case 0: return "size(\(write(pick([.string, .bytes, .ints, .strings, .scores]), depth: depth)))"
        case 1: return "int(\(write(pick([.int, .uint, .double, .string, .timestamp, .duration]), depth: depth)))"
        case 2: return "\(write(.ints, depth: depth))[\(write(.int, depth: depth))]"
        case 3: return "\(write(.scores, depth: depth)).a"
        case 4: return "\(write(pick([.timestamp, .duration]), depth: depth)).getHours()"
        case 5: return "-(\(write(.int, depth: depth)))"
        default: return binary(.int, ["+", "-", "*", "/", "%"], depth)
        }
    }

    private mutating func text(_ depth: Int) -> String {
        switch Int.random(in: 0..<6, using: &random) {
        case 0: return binary(.string, ["+"], depth)
        case 1:
            let kind = pick([Kind.bool, .int, .uint, .double, .string, .bytes, .timestamp, .duration])
            return "string(\(write(kind, depth: depth)))"
        case 2: return "\(write(.string, depth: depth)).\(pick(["trim", "lowerAscii", "upperAscii", "reverse"]))()"
        case 3: return "\(write(.strings, depth: depth))[\(write(.int, depth: depth))]"
        case 4: return "\(write(.strings, depth: depth)).join(\(write(.string, depth: depth)))"
        default: return "\"%s-%d\".format([\(write(.string, depth: depth)), \(write(.int, depth: depth))])"
        }
    }
}
