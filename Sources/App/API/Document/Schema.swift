import StrictJSON

/// The shape of a value in a request or an answer: what the OpenAPI document says of it is what is checked.
public indirect enum Schema: Sendable {
    public enum Format: String, Sendable {
        case dateTime = "date-time"
        /// `4h`, `PT4H`.
        case duration
        case email
    }

    public struct Property: Sendable {
        let name: String
        let schema: Schema
        let isRequired: Bool
        let summary: String

        static func required(_ name: String, _ schema: Schema, _ summary: String) -> Property {
            Property(name: name, schema: schema, isRequired: true, summary: summary)
        }

        static func optional(_ name: String, _ schema: Schema, _ summary: String) -> Property {
            Property(name: name, schema: schema, isRequired: false, summary: summary)
        }
    }

    /// A text of so many characters at most.
    case text(maximum: Int = 1_024, minimum: Int = 0)
    case formatted(Format)
    case words([String])
    case integer(ClosedRange<Int64>)
    case number
    case boolean
    case array(Schema)
    /// In a request exactly these; in an answer at least these.
    case object([Property])
    /// One of the document's own.
    case named(String)
    case nullable(Schema)
    case any
}

extension Schema {
    /// - Parameter isClosed: Whether an object may have these properties alone.
    func json(isClosed: Bool) -> JSONValue {
        var object = JSONObject()
        switch self {
        case .text(let maximum, let minimum):
            object["type"] = "string"
            object["maxLength"] = .integer(Int64(maximum))
            object["pattern"] = "^[^\\u0000]*$"
            if minimum > 0 { object["minLength"] = .integer(Int64(minimum)) }
        case .formatted(let format):
            object["type"] = "string"
            switch format {
            case .duration: object["pattern"] = .string(Self.durationPattern)
            case .dateTime:
                object["pattern"] = .string(Self.timePattern)
            case .email:
                object["format"] = "email"
                object["maxLength"] = 254
            }
        case .words(let words):
            object["type"] = "string"
            object["enum"] = .array(words.map(JSONValue.string))
        case .integer(let range):
            object["type"] = "integer"
            object["minimum"] = .integer(range.lowerBound)
            object["maximum"] = .integer(range.upperBound)
        case .number: object["type"] = "number"
        case .boolean: object["type"] = "boolean"
        case .array(let element):
            object["type"] = "array"
            object["items"] = element.json(isClosed: isClosed)
        case .object(let properties): return Self.json(properties, isClosed: isClosed)
        case .named(let name): object["$ref"] = .string("#/components/schemas/\(name)")
        case .nullable(let schema):
            object["anyOf"] = .array([schema.json(isClosed: isClosed), ["type": "null"]])
        case .any: break
        }
        return .object(object)
    }

    /// `4h`, `1h30m`, `PT4H`: what of ``Span``'s grammar a pattern can say in few words.
    static let durationPattern =
        "^([0-9]{1,4}[dhms]|[0-9]{1,3}h[0-9]{1,3}m|PT[0-9]{1,4}[HMS]|P[0-9]{1,4}D)$"

    /// RFC 3339 from 1970 on; what a pattern can say of the calendar.
    static let timePattern =
        "^(19[7-9][0-9]|2[0-9]{3})-((0[1-9]|1[0-2])-(0[1-9]|1[0-9]|2[0-8])|(0[13-9]|1[0-2])-(29|30)|(0[13578]|1[02])-31)"
        + "T([01][0-9]|2[0-3]):[0-5][0-9]:[0-5][0-9](\\.[0-9]{1,3})?Z$"

    private static func json(_ properties: [Property], isClosed: Bool) -> JSONValue {
        var object = JSONObject()
        object["type"] = "object"
        object["properties"] = .object(
            JSONObject(
                properties.map { property in
                    var json = property.schema.json(isClosed: isClosed).object ?? JSONObject()
                    if json["$ref"]?.string == nil { json["description"] = .string(property.summary) }
                    return JSONObject.Member(name: property.name, value: .object(json))
                }))
        let required = properties.filter(\.isRequired).map { JSONValue.string($0.name) }
        if !required.isEmpty { object["required"] = .array(required) }
        if isClosed { object["additionalProperties"] = false }
        return .object(object)
    }
}
