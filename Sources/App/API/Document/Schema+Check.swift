import AccessModel
import StrictJSON
import WebServer

extension Schema {
    /// What is wrong with a value of a request; empty where nothing is.
    ///
    /// - Parameter place: A JSON pointer.
    func faults(in value: JSONValue, at place: String = "") -> [Problem.Fault] {
        switch self {
        case .text(let maximum, let minimum): return text(value, minimum...maximum, place)
        case .formatted(let format): return formatted(value, format, place)
        case .words(let words):
            guard let text = value.string, words.contains(text) else {
                return [Problem.Fault(at: place, "it has to be \(words.joined(separator: ", "))")]
            }
            return []
        case .integer(let range):
            guard let number = value.integer, range.contains(number) else {
                return [
                    Problem.Fault(
                        at: place, "it has to be a whole number from \(range.lowerBound) to \(range.upperBound)")
                ]
            }
            return []
        case .number: return value.double.map { _ in [] } ?? [wrong(value, "a number", place)]
        case .boolean: return value.bool.map { _ in [] } ?? [wrong(value, "true or false", place)]
        case .array(let element):
            guard let elements = value.array else { return [wrong(value, "an array", place)] }
            return elements.enumerated().flatMap { element.faults(in: $1, at: "\(place)/\($0)") }
        case .object(let properties): return object(value, properties, place)
        case .nullable(let schema):
            if case .null = value { return [] }
            return schema.faults(in: value, at: place)
        case .named, .any: return []
        }
    }

    private func wrong(_ value: JSONValue, _ wanted: String, _ place: String) -> Problem.Fault {
        Problem.Fault(at: place, "it is \(value.kindName) and has to be \(wanted)")
    }

    private func text(_ value: JSONValue, _ lengths: ClosedRange<Int>, _ place: String) -> [Problem.Fault] {
        guard let text = value.string else { return [wrong(value, "text", place)] }
        guard lengths.contains(text.unicodeScalars.count) else {
            return [
                Problem.Fault(
                    at: place, "it has to have \(lengths.lowerBound) to \(lengths.upperBound) characters")
            ]
        }
        guard !text.unicodeScalars.contains("\0") else {
            return [Problem.Fault(at: place, "it may not hold U+0000")]
        }
        return []
    }

    private func formatted(_ value: JSONValue, _ format: Format, _ place: String) -> [Problem.Fault] {
        guard let text = value.string else { return [wrong(value, "text", place)] }
        let isGood: Bool
        let example: String
        switch format {
        case .dateTime: (isGood, example) = (Instant(text) != nil, "a time: 2026-11-21T17:00:00Z")
        case .duration: (isGood, example) = (Span(text) != nil, "a duration: 4h or PT4H")
        case .email: (isGood, example) = (EmailAddress(text) != nil, "an e-mail address")
        }
        return isGood ? [] : [Problem.Fault(at: place, "it has to be \(example)")]
    }

    private func object(_ value: JSONValue, _ properties: [Property], _ place: String) -> [Problem.Fault] {
        guard let object = value.object else { return [wrong(value, "an object", place)] }
        var faults: [Problem.Fault] = []
        for property in properties {
            if let value = object[property.name] {
                faults += property.schema.faults(in: value, at: "\(place)/\(property.name)")
            } else if property.isRequired {
                faults.append(Problem.Fault(at: place, "`\(property.name)` is missing"))
            }
        }
        let known = Set(properties.map(\.name))
        for name in object.names where !known.contains(name) {
            faults.append(
                Problem.Fault(at: place, "`\(name)` is unknown; known are \(known.sorted().joined(separator: ", "))"))
        }
        return faults
    }
}
