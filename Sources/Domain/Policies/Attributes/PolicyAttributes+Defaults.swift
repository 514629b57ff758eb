import AccessModel
import CEL
import Definitions

extension PolicyAttributes {
    /// The end of somebody who stays.
    static let open = CELValue.timestamp(CELTimestamp(seconds: 253_402_214_400, nanos: 0) ?? .epoch)

    /// What an attribute is where it means nothing.
    static func standard(_ type: CELType) -> CELValue {
        switch type {
        case .bool: .bool(false)
        case .int: .int(0)
        case .uint: .uint(0)
        case .double: .double(0)
        case .timestamp: .timestamp(.epoch)
        case .duration: .duration(CELDuration(nanoseconds: 0))
        case .list: .list([])
        case .string: .string("")
        default: .null
        }
    }

    static func standard(_ root: Root) -> CELValue { standards[root.rawValue] }

    private static let standards: [CELValue] = Root.allCases.map { root in
        root.record.map { .record(record($0, [:])) } ?? standard(root.type)
    }

    /// A record of what is known; the rest has its default.
    static func record(_ type: CELRecordType, _ known: [String: CELValue]) -> CELRecord {
        CELRecord(
            type,
            type.fields.map { field in
                known[field.name]
                    ?? (field.name == "end" && type !== request ? open : standard(field.type))
            })
    }
}

extension PolicyAttributes {
    static func record(of target: TargetDefinition) -> CELRecord {
        record(
            self.target,
            [
                "name": .string(target.name.text), "connector": .string(target.connector),
                "critical": .bool(target.isCritical),
            ])
    }
}

extension CELTimestamp {
    static let epoch = CELTimestamp(clamping: Instant(milliseconds: 0))

    /// The nearest that can be said.
    init(clamping instant: Instant) {
        let (seconds, rest) = instant.milliseconds.quotientAndRemainder(dividingBy: 1_000)
        let floored = rest < 0 ? (seconds - 1, rest + 1_000) : (seconds, rest)
        let whole = min(max(floored.0, Self.secondsRange.lowerBound), Self.secondsRange.upperBound)
        // Within the range by the line above; the other branch never runs.
        self =
            CELTimestamp(seconds: whole, nanos: Int32(floored.1) * 1_000_000)
            ?? CELTimestamp(clamping: Instant(milliseconds: 0))
    }
}

extension CELDuration {
    init(clamping span: Span) {
        let (nanoseconds, overflow) = span.milliseconds.multipliedReportingOverflow(by: 1_000_000)
        self.init(nanoseconds: overflow ? (span.milliseconds < 0 ? .min : .max) : nanoseconds)
    }

    /// In whole milliseconds, up.
    var span: Span {
        let (milliseconds, rest) = nanoseconds.quotientAndRemainder(dividingBy: 1_000_000)
        return Span(milliseconds: milliseconds + (rest > 0 ? 1 : 0))
    }
}

extension Instant {
    /// In whole milliseconds, down.
    init(_ timestamp: CELTimestamp) {
        self.init(milliseconds: timestamp.seconds * 1_000 + Int64(timestamp.nanos) / 1_000_000)
    }
}
