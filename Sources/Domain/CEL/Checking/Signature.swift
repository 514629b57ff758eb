/// One way to call a function: what it takes and what it gives.
struct Signature: Sendable {
    /// Called as `target.name(…)`; the target is the first of the arguments.
    let isMember: Bool
    let arguments: [CELType]
    let result: CELType

    static func member(_ arguments: CELType..., gives result: CELType) -> Signature {
        Signature(isMember: true, arguments: arguments, result: result)
    }

    static func global(_ arguments: CELType..., gives result: CELType) -> Signature {
        Signature(isMember: false, arguments: arguments, result: result)
    }
}

extension CELType {
    /// Open types in signatures.
    static let a = CELType.parameter(0)
    static let b = CELType.parameter(1)
}

extension Signature {
    /// What each function can be called with.
    static let functions: [String: [Signature]] = {
        var functions = conversions
        for (name, signatures) in texts { functions[name, default: []] += signatures }
        for (name, signatures) in times { functions[name, default: []] += signatures }
        return functions
    }()

    private static let conversions: [String: [Signature]] = [
        "size": [
            .global(.string, gives: .int), .global(.bytes, gives: .int), .global(.list(.a), gives: .int),
            .global(.map(.a, .b), gives: .int), .member(.string, gives: .int), .member(.bytes, gives: .int),
            .member(.list(.a), gives: .int), .member(.map(.a, .b), gives: .int),
        ],
        "type": [.global(.a, gives: .type(.a))],
        "dyn": [.global(.a, gives: .dyn)],
        "bool": from([.bool, .string], to: .bool),
        "bytes": from([.bytes, .string], to: .bytes),
        "double": from([.double, .int, .uint, .string], to: .double),
        "int": from([.int, .uint, .double, .string, .timestamp, .duration], to: .int),
        "uint": from([.uint, .int, .double, .string], to: .uint),
        "string": from([.string, .bool, .bytes, .double, .int, .uint, .timestamp, .duration], to: .string),
        "timestamp": from([.timestamp, .string, .int], to: .timestamp),
        "duration": from([.duration, .string, .int], to: .duration),
    ]

    private static func from(_ types: [CELType], to result: CELType) -> [Signature] {
        types.map { .global($0, gives: result) }
    }

    private static let texts: [String: [Signature]] = [
        "contains": [.member(.string, .string, gives: .bool)],
        "startsWith": [.member(.string, .string, gives: .bool)],
        "endsWith": [.member(.string, .string, gives: .bool)],
        "matches": [.member(.string, .string, gives: .bool), .global(.string, .string, gives: .bool)],
        "charAt": [.member(.string, .int, gives: .string)],
        "indexOf": [.member(.string, .string, gives: .int), .member(.string, .string, .int, gives: .int)],
        "lastIndexOf": [.member(.string, .string, gives: .int), .member(.string, .string, .int, gives: .int)],
        "join": [.member(.list(.string), gives: .string), .member(.list(.string), .string, gives: .string)],
        "lowerAscii": [.member(.string, gives: .string)],
        "upperAscii": [.member(.string, gives: .string)],
        "replace": [
            .member(.string, .string, .string, gives: .string),
            .member(.string, .string, .string, .int, gives: .string),
        ],
        "split": [
            .member(.string, .string, gives: .list(.string)), .member(.string, .string, .int, gives: .list(.string)),
        ],
        "substring": [.member(.string, .int, gives: .string), .member(.string, .int, .int, gives: .string)],
        "trim": [.member(.string, gives: .string)],
        "format": [.member(.string, .list(.dyn), gives: .string)],
        "strings.quote": [.global(.string, gives: .string)],
        "reverse": [.member(.string, gives: .string)],
    ]

    private static let times: [String: [Signature]] = {
        let ofTimestamps = ["getFullYear", "getMonth", "getDayOfYear", "getDayOfMonth", "getDate", "getDayOfWeek"]
        let ofBoth = ["getHours", "getMinutes", "getSeconds", "getMilliseconds"]
        var times: [String: [Signature]] = [:]
        for name in ofTimestamps + ofBoth {
            times[name] = [.member(.timestamp, gives: .int), .member(.timestamp, .string, gives: .int)]
        }
        for name in ofBoth { times[name, default: []].append(.member(.duration, gives: .int)) }
        return times
    }()
}

extension Signature {
    private static let numbers: [CELType] = [.int, .uint, .double]

    static func of(_ operation: CELOperator) -> [Signature] { operators[operation] ?? [] }
    static let negation: [Signature] = [.global(.int, gives: .int), .global(.double, gives: .double)]

    private static let operators: [CELOperator: [Signature]] = [
        .equal: [.global(.a, .a, gives: .bool)],
        .unequal: [.global(.a, .a, gives: .bool)],
        .less: ordering, .lessOrEqual: ordering, .greater: ordering, .greaterOrEqual: ordering,
        .in: [.global(.a, .list(.a), gives: .bool), .global(.a, .map(.a, .b), gives: .bool)],
        .add: pairs([.int, .uint, .double, .string, .bytes, .list(.a), .duration])
            + [
                .global(.timestamp, .duration, gives: .timestamp), .global(.duration, .timestamp, gives: .timestamp),
            ],
        .subtract: pairs([.int, .uint, .double, .duration])
            + [
                .global(.timestamp, .duration, gives: .timestamp), .global(.timestamp, .timestamp, gives: .duration),
            ],
        .multiply: pairs(numbers),
        .divide: pairs(numbers),
        .modulo: pairs([.int, .uint]),
    ]

    private static func pairs(_ types: [CELType]) -> [Signature] { types.map { .global($0, $0, gives: $0) } }

    /// Numbers of different types have an order among them.
    private static let ordering: [Signature] =
        [CELType.bool, .string, .bytes, .timestamp, .duration].map { .global($0, $0, gives: .bool) }
        + numbers.flatMap { left in numbers.map { .global(left, $0, gives: .bool) } }
}
