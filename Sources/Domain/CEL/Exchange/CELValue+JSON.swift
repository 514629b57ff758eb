import StrictJSON

extension CELValue {
    /// The most values that are written as JSON; parts that are shared count each time.
    public static let maximumWritten = 1_000_000

    /// The value that `json` describes.
    ///
    /// A number without fraction is an int, with one a double. An object with a single member whose name begins with
    /// `$` says the type of its value: `$int`, `$uint`, `$double`, `$bytes`, `$timestamp`, `$duration`, `$type`, `$map`.
    public init(_ json: JSONValue) throws(CELError) {
        switch json {
        case .null: self = .null
        case .bool(let value): self = .bool(value)
        case .integer(let value): self = .int(value)
        case .number(let value): self = .double(value)
        case .string(let value): self = .string(CELString(value))
        case .array(let items):
            var values: [CELValue] = []
            values.reserveCapacity(items.count)
            for item in items { values.append(try CELValue(item)) }
            self = .list(values)
        case .object(let object):
            if object.members.count == 1, object.members[0].name.utf8.first == UInt8(ascii: "$") {
                self = try CELValue(typed: object.members[0].name, object.members[0].value)
                return
            }
            var entries: [CELMap.Entry] = []
            entries.reserveCapacity(object.members.count)
            for member in object.members {
                entries.append(CELMap.Entry(key: .string(CELString(member.name)), value: try CELValue(member.value)))
            }
            self = .map(try CELMap(entries))
        }
    }

    private init(typed name: String, _ json: JSONValue) throws(CELError) {
        if name == "$map" {
            self = .map(try Self.map(json))
            return
        }
        let text = CELValue.string(try Self.text(json, name))
        switch name {
        case "$int": self = try Conversion.int(text)
        case "$uint": self = try Conversion.uint(text)
        case "$double": self = try Conversion.double(text)
        case "$timestamp": self = try Conversion.timestamp(text)
        case "$duration": self = try Conversion.duration(text)
        case "$bytes":
            guard let bytes = Base64.read(json.string ?? "") else {
                throw CELError(.invalidArgument, "the text of `$bytes` is not base64")
            }
            self = .bytes(bytes)
        case "$type": self = .type(CELTypeName(json.string ?? ""))
        default: throw CELError(.invalidArgument, "`\(name)` is no type of a value; \(Self.knownTypes)")
        }
    }

    private static let knownTypes = "it is one of $int, $uint, $double, $bytes, $timestamp, $duration, $type, $map"

    /// Numbers may stand as numbers too.
    private static func text(_ json: JSONValue, _ name: String) throws(CELError) -> CELString {
        switch json {
        case .string(let text): return CELString(text)
        case .integer(let value) where ["$int", "$uint", "$double"].contains(name): return CELString(String(value))
        case .number(let value) where name == "$double": return CELString(String(value))
        default: throw CELError(.invalidArgument, "`\(name)` holds a text, not \(json.kindName)")
        }
    }

    private static func map(_ json: JSONValue) throws(CELError) -> CELMap {
        guard let pairs = json.array else {
            throw CELError(.invalidArgument, "`$map` holds a list of [key, value], not \(json.kindName)")
        }
        var entries: [CELMap.Entry] = []
        for pair in pairs {
            guard let pair = pair.array, pair.count == 2 else {
                throw CELError(.invalidArgument, "an entry of `$map` is [key, value]")
            }
            entries.append(CELMap.Entry(key: try CELValue(pair[0]), value: try CELValue(pair[1])))
        }
        return try CELMap(entries)
    }
}

extension CELValue {
    /// The value as JSON: bytes as base64, times and spans as text, a type by its name, keys as text.
    ///
    /// Whole numbers beyond 64 bits with a sign, and doubles that JSON cannot write, are texts.
    public func json() throws(CELError) -> JSONValue {
        var budget = Budget(Self.maximumWritten)
        return try json(&budget)
    }

    private func json(_ budget: inout Budget) throws(CELError) -> JSONValue {
        guard budget.remaining > 0 else {
            throw CELError(.costLimit, "the value is too large to be written: \(Self.maximumWritten) values at most")
        }
        try budget.charge(1)
        switch self {
        case .null: return .null
        case .bool(let value): return .bool(value)
        case .int(let value): return .integer(value)
        case .uint(let value): return Int64(exactly: value).map { .integer($0) } ?? .string(String(value))
        case .double(let value): return Self.json(value)
        case .string(let value): return .string(value.text)
        case .bytes(let value): return .string(Base64.write(value))
        case .timestamp(let value): return .string(value.description)
        case .duration(let value): return .string(value.description)
        case .type(let value): return .string(value.name)
        case .list(let values):
            var items: [JSONValue] = []
            for value in values { items.append(try value.json(&budget)) }
            return .array(items)
        case .map(let map): return try Self.json(map, &budget)
        case .record(let record):
            var members: [JSONObject.Member] = []
            for (field, value) in zip(record.type.fields, record.values) {
                guard let value else { continue }
                members.append(JSONObject.Member(name: field.name, value: try value.json(&budget)))
            }
            return .object(JSONObject(members))
        }
    }

    private static func json(_ value: Double) -> JSONValue {
        if value.isNaN { return .string("NaN") }
        if value.isInfinite { return .string(value < 0 ? "-Infinity" : "Infinity") }
        return .number(value)
    }

    private static func json(_ map: CELMap, _ budget: inout Budget) throws(CELError) -> JSONValue {
        var members: [JSONObject.Member] = []
        var names: Set<CELString> = []
        for entry in map.entries {
            guard case .string(let name) = try Conversion.string(entry.key, &budget), names.insert(name).inserted else {
                throw CELError(.duplicateKey, "two keys of a map are the same when they are written as text")
            }
            members.append(JSONObject.Member(name: name.text, value: try entry.value.json(&budget)))
        }
        return .object(JSONObject(members))
    }
}
