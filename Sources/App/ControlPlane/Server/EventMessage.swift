import Definitions
import HTTPTypes
import StrictJSON
import WebServer

/// One CloudEvent as a request carried it, brought into the JSON format, and how its places are told.
struct EventMessage: Sendable {
    /// The event in CloudEvents' JSON format.
    let bytes: [UInt8]
    /// Where it begins in the body.
    var origin = Origin()
    /// In a batch; nil where it came alone.
    var index: Int?
    /// Whether its attributes came as headers: then the first line of ``bytes`` is not in the body.
    var hasHeaders = false

    struct Origin: Hashable, Sendable {
        var line = 1
        var column = 1
    }

    static let structured = "application/cloudevents+json"
    static let batch = "application/cloudevents-batch+json"

    /// The events of a request, in whichever of the three modes it is.
    ///
    /// - Throws: A problem where the body is no event at all. That an event is wrong is found out later.
    static func read(_ request: WebRequest) throws(Problem) -> [EventMessage] {
        switch request.mediaType {
        case structured?: return [EventMessage(bytes: request.body)]
        case batch?: return try EventBatch.split(request.body)
        case "application/json"? where request.field("ce-specversion") != nil: return [try binary(request)]
        default: throw .unsupportedMediaType([structured, batch, "application/json with `ce-` headers"])
        }
    }

    /// What is wrong, with its place in what was sent.
    func fault(_ problem: FeedProblem) -> Problem.Fault {
        let field = problem.field.map { "/" + $0.split(separator: ".").joined(separator: "/") } ?? ""
        let pointer = (index.map { "/\($0)" } ?? "") + field
        let isInHeaders = hasHeaders && problem.line < 2
        if isInHeaders {
            let name = problem.field.map { "ce-\($0)" } ?? "headers"
            return Problem.Fault(at: name, "\(problem.message) (\(problem.code))")
        }
        guard problem.line > 0 else { return Problem.Fault(at: pointer, "\(problem.message) (\(problem.code))") }
        let line = problem.line - (hasHeaders ? 1 : 0)
        let column = problem.column + (line == 1 ? origin.column - 1 : 0)
        return Problem.Fault(
            at: hasHeaders ? field.replacing("/data", with: "", maxReplacements: 1) : pointer,
            "\(line + origin.line - 1):\(column): \(problem.message) (\(problem.code))")
    }
}

// MARK: Binary mode

extension EventMessage {
    /// Attributes from the headers, the body as `data`, on lines of its own.
    private static func binary(_ request: WebRequest) throws(Problem) -> EventMessage {
        if !request.body.isEmpty {
            do {
                // By itself, so that nothing in it can stand beside the attributes.
                _ = try JSONParser.parse(request.body)
            } catch {
                throw Problem(.badRequest, "invalid-json", "the body is no JSON: \(error)")
            }
        }
        var object = JSONObject()
        for field in request.headers where field.name.canonicalName.hasPrefix("ce-") {
            let name = String(field.name.canonicalName.dropFirst(3))
            guard !["data", "data_base64", "datacontenttype"].contains(name), object.names.allSatisfy({ $0 != name })
            else {
                throw Problem(
                    .badRequest, "invalid-header", "the header `ce-\(name)` stands twice, or is none of binary mode",
                    faults: [Problem.Fault(at: "ce-\(name)", "it is not taken")])
            }
            object[name] = .string(try decoded(field.value, "ce-\(name)"))
        }
        var text = Array(JSONValue.object(object).compactText.utf8)
        if !request.body.isEmpty {
            text = text.dropLast() + Array(",\"data\":\n".utf8) + request.body + Array("}".utf8)
        }
        return EventMessage(bytes: text, hasHeaders: true)
    }

    /// A value may be in quotes, and is percent-encoded UTF-8.
    private static func decoded(_ value: String, _ name: String) throws(Problem) -> String {
        var bytes = Array(value.utf8)
        let quote = UInt8(ascii: "\"")
        if bytes.count >= 2, bytes.first == quote, bytes.last == quote {
            bytes = unquoted(bytes.dropFirst().dropLast())
        }
        var decoded: [UInt8] = []
        var rest = bytes[...]
        while let byte = rest.popFirst() {
            guard byte == UInt8(ascii: "%") else {
                decoded.append(byte)
                continue
            }
            guard let high = rest.popFirst()?.hexValue, let low = rest.popFirst()?.hexValue else {
                throw broken(name)
            }
            decoded.append(high << 4 | low)
        }
        guard let text = String(validating: decoded, as: UTF8.self) else { throw broken(name) }
        return text
    }

    private static func unquoted(_ bytes: ArraySlice<UInt8>) -> [UInt8] {
        var plain: [UInt8] = []
        var rest = bytes
        while let byte = rest.popFirst() {
            plain.append(byte == UInt8(ascii: "\\") ? rest.popFirst() ?? byte : byte)
        }
        return plain
    }

    private static func broken(_ name: String) -> Problem {
        Problem(
            .badRequest, "invalid-header", "the header `\(name)` is not percent-encoded UTF-8",
            faults: [Problem.Fault(at: name, "an escape in it is broken")])
    }
}

extension UInt8 {
    fileprivate var hexValue: UInt8? {
        switch self {
        case UInt8(ascii: "0")...UInt8(ascii: "9"): self - UInt8(ascii: "0")
        case UInt8(ascii: "a")...UInt8(ascii: "f"): self - UInt8(ascii: "a") + 10
        case UInt8(ascii: "A")...UInt8(ascii: "F"): self - UInt8(ascii: "A") + 10
        default: nil
        }
    }
}
