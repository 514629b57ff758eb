extension Conversion {
    static func timestamp(_ value: CELValue) throws(CELError) -> CELValue {
        switch value {
        case .timestamp: return value
        case .string(let text): return .timestamp(try CELTimestamp(parsing: text))
        case .int(let seconds):
            guard let time = CELTimestamp(seconds: seconds, nanos: 0) else {
                throw .overflow("\(value.briefly) seconds since 1970 are beyond the range of timestamp")
            }
            return .timestamp(time)
        default: throw .noOverload("timestamp", value)
        }
    }

    static func duration(_ value: CELValue) throws(CELError) -> CELValue {
        switch value {
        case .duration: return value
        case .string(let text): return .duration(try CELDuration(parsing: text))
        case .int(let nanoseconds): return .duration(CELDuration(nanoseconds: nanoseconds))
        default: throw .noOverload("duration", value)
        }
    }
}

extension Library {
    /// What a time zone costs that is looked up by its name.
    private static let zoneLookup = 100

    static let times: Table = Dictionary(
        uniqueKeysWithValues: CELTimestampField.allCases.map { field in
            let span = CELDurationField(rawValue: field.rawValue)
            return (
                field.rawValue,
                [
                    1: .one { (value, _) throws(CELError) in try part(field, span, of: value) },
                    2: .two { (value, zone, budget) throws(CELError) in
                        try part(field, of: value, in: zone, &budget)
                    },
                ]
            )
        })

    /// The part of times in the zone `name`, which is looked up once.
    static func part(_ field: CELTimestampField, in name: CELString) throws(CELError) -> Implementation.One {
        let zone = try CELTimeZone(name)
        return { (value, _) throws(CELError) in
            guard case .timestamp(let time) = value else {
                throw .noOverload(field.rawValue, value, .string(name))
            }
            return .int(time.value(of: field, in: zone))
        }
    }

    private static func part(
        _ field: CELTimestampField, _ span: CELDurationField?, of value: CELValue
    ) throws(CELError) -> CELValue {
        if case .timestamp(let time) = value { return .int(time.value(of: field)) }
        guard case .duration(let duration) = value, let span else { throw .noOverload(field.rawValue, value) }
        return .int(duration.value(of: span))
    }

    private static func part(
        _ field: CELTimestampField, of value: CELValue, in zone: CELValue, _ budget: inout Budget
    ) throws(CELError) -> CELValue {
        guard case .timestamp(let time) = value, case .string(let name) = zone else {
            throw .noOverload(field.rawValue, value, zone)
        }
        try budget.charge(zoneLookup)
        return .int(time.value(of: field, in: try CELTimeZone(name)))
    }
}
