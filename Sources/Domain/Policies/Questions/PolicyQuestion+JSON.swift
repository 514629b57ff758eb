import CEL
import Definitions
import StrictJSON

/// Why something is no question.
public struct PolicyQuestionError: Error, Hashable, Sendable, CustomStringConvertible {
    public let message: String

    public var code: String { "bad-question" }
    public var description: String { "read a recorded question: \(message)" }
}

extension PolicyQuestion {
    /// All that conditions can see: `{"on": "request", "subject": {"id": "e-0001", ...}, ..., "now": "...", "risk": 20}`.
    ///
    /// What has its default is left out; times are RFC 3339, lengths of time seconds with `s`.
    public var inputs: JSONValue {
        var object = JSONObject()
        object["on"] = .string(kind.rawValue)
        for root in PolicyAttributes.Root.allCases {
            guard let value = activation[root.rawValue] else { continue }
            if case .record(let record) = value {
                let fields = Self.json(record)
                if !fields.members.isEmpty { object[root.name] = .object(fields) }
            } else if value != PolicyAttributes.standard(root) {
                object[root.name] = Self.json(value)
            }
        }
        return .object(object)
    }

    private static func json(_ record: CELRecord) -> JSONObject {
        var object = JSONObject()
        let standards = PolicyAttributes.record(record.type, [:]).values
        for (number, field) in record.type.fields.enumerated() {
            guard let value = record.values[number], value != standards[number] else { continue }
            object[field.name] = json(value)
        }
        return object
    }

    static func json(_ value: CELValue) -> JSONValue {
        do throws(CELError) {
            return try value.json()
        } catch {
            return .string(error.message)
        }
    }

    /// Reads what ``inputs`` wrote. A name that is not known any more is passed over.
    public init(json: JSONValue) throws(PolicyQuestionError) {
        guard let kind = json["on"]?.string.flatMap(Kind.init(rawValue:)) else {
            throw PolicyQuestionError(message: "`on` names no kind of question")
        }
        var values: [PolicyAttributes.Root: CELValue] = [:]
        for root in PolicyAttributes.Root.allCases {
            guard let given = json[root.name] else { continue }
            guard let type = root.record else {
                values[root] = try Self.value(given, root.type, root.name)
                continue
            }
            var known: [String: CELValue] = [:]
            for field in type.fields {
                guard let given = given[field.name] else { continue }
                known[field.name] = try Self.value(given, field.type, "\(root.name).\(field.name)")
            }
            values[root] = .record(PolicyAttributes.record(type, known))
        }
        self.init(kind, values)
    }

    static func value(_ json: JSONValue, _ type: CELType, _ path: String) throws(PolicyQuestionError) -> CELValue {
        do throws(CELError) {
            switch (type, json) {
            case (.bool, .bool(let value)): return .bool(value)
            case (.int, .integer(let value)): return .int(value)
            case (.string, .string(let text)): return .string(text)
            case (.timestamp, .string(let text)): return .timestamp(try CELTimestamp(parsing: CELString(text)))
            case (.duration, .string(let text)): return .duration(try CELDuration(parsing: CELString(text)))
            case (.list(let element), .array(let items)):
                var values: [CELValue] = []
                for item in items {
                    guard case .string = element, let text = item.string else { break }
                    values.append(.string(text))
                }
                return .list(values)
            default: break
            }
        } catch {
            throw PolicyQuestionError(message: "`\(path)`: \(error.message)")
        }
        throw PolicyQuestionError(message: "`\(path)` must be \(type), not \(json.kindName)")
    }
}
