import HTTPTypes
import StrictJSON

/// Why a request was refused: a problem document of RFC 9457. Its code is stable; its words may change.
public struct Problem: Error, Sendable, Hashable, CustomStringConvertible {
    /// One thing that is wrong in the request.
    public struct Fault: Sendable, Hashable {
        /// A field of the body as a JSON pointer, or a name in the query.
        public let at: String
        public let message: String
        /// Where not each of several is an error: `error`, `warning` or `note`.
        public let severity: String?

        public init(at: String, _ message: String, severity: String? = nil) {
            self.at = LogText.visibleLines(at)
            self.message = LogText.visibleLines(message)
            self.severity = severity
        }

        var json: JSONValue {
            var object: JSONObject = JSONObject([
                JSONObject.Member(name: "at", value: .string(at)),
                JSONObject.Member(name: "message", value: .string(message)),
            ])
            if let severity { object["severity"] = .string(severity) }
            return .object(object)
        }
    }

    public let status: HTTPResponse.Status
    /// Lower-case words with dashes; the last part of the document's `type`.
    public let code: String
    /// For a person. Nothing secret, and nothing that whoever asked may not know. What it repeats of a request (the name
    /// of a member that is unknown) does what it likes on no terminal: controls are written out, here and in the faults.
    public let detail: String
    public var faults: [Fault]
    public var headers: HTTPFields

    public init(
        _ status: HTTPResponse.Status, _ code: String, _ detail: String, faults: [Fault] = [],
        headers: HTTPFields = [:]
    ) {
        self.status = status
        self.code = code
        self.detail = LogText.visibleLines(detail)
        self.faults = faults
        self.headers = headers
    }

    public var description: String { "\(status.code) \(code): \(detail)" }

    /// - Parameter correlation: Of the request.
    public func json(_ correlation: String) -> JSONValue {
        var object = JSONObject()
        object["type"] = .string("urn:tenure:problem:\(code)")
        object["title"] = .string(status.reasonPhrase)
        object["status"] = .integer(Int64(status.code))
        object["detail"] = .string(detail)
        object["code"] = .string(code)
        object["request_id"] = .string(correlation)
        if !faults.isEmpty {
            object["errors"] = .array(faults.map(\.json))
        }
        return .object(object)
    }

    public func response(_ correlation: String) -> WebResponse {
        var response = WebResponse.json(json(correlation), status, type: "application/problem+json")
        response.headers.append(contentsOf: headers)
        return response
    }

    // MARK: The usual ones

    public static func notFound(_ detail: String) -> Problem { Problem(.notFound, "not-found", detail) }

    /// A value that cannot be used.
    public static func invalid(_ detail: String, at place: String) -> Problem {
        Problem(.badRequest, "invalid-value", detail, faults: [Fault(at: place, detail)])
    }

    public static func unsupportedMediaType(_ types: [String]) -> Problem {
        Problem(
            .unsupportedMediaType, "unsupported-media-type", "the body has to be \(types.joined(separator: " or "))")
    }

    public static func forbidden(_ detail: String) -> Problem { Problem(.forbidden, "forbidden", detail) }

    /// - Parameter detail: Nothing of what was wrong with the credential that would help to make a better one.
    public static func unauthorized(_ detail: String = "a bearer token is needed") -> Problem {
        Problem(.unauthorized, "unauthorized", detail, headers: [.wwwAuthenticate: "Bearer realm=\"tenure\""])
    }
}
