import HTTPTypes
import StrictJSON
import WebServer

/// An error of RFC 7644, section 3.12.
public struct SCIMError: Error, Hashable, Sendable, CustomStringConvertible {
    /// Keywords of RFC 7644, table 9.
    public enum Kind: String, Sendable {
        case invalidFilter, tooMany, uniqueness, mutability, invalidSyntax, invalidPath, noTarget, invalidValue
        case invalidVers, sensitive
        /// RFC 9865.
        case invalidCursor, expiredCursor, invalidCount
    }

    public let status: HTTPResponse.Status
    public let kind: Kind?
    /// For a person; the controls in what it repeats of a request are written out.
    public let detail: String
    var headers: HTTPFields = [:]

    public init(_ status: HTTPResponse.Status, _ kind: Kind? = nil, _ detail: String) {
        self.status = status
        self.kind = kind
        self.detail = LogText.visibleLines(detail)
    }

    public var description: String { "\(status.code) \(kind?.rawValue ?? ""): \(detail)" }

    /// The document, as a bulk answer holds it too.
    var json: JSONValue {
        var object = JSONObject()
        object["schemas"] = ["urn:ietf:params:scim:api:messages:2.0:Error"]
        object["status"] = .string("\(status.code)")
        object["scimType"] = kind.map { .string($0.rawValue) }
        object["detail"] = .string(detail)
        return .object(object)
    }

    public var response: WebResponse {
        var response = WebResponse.json(json, status, type: SCIMService.mediaType)
        response.headers.append(contentsOf: headers)
        return response
    }

    // MARK: The usual ones

    static func invalid(_ detail: String) -> SCIMError { SCIMError(.badRequest, .invalidValue, detail) }
    static func syntax(_ detail: String) -> SCIMError { SCIMError(.badRequest, .invalidSyntax, detail) }
    static func filter(_ detail: String) -> SCIMError { SCIMError(.badRequest, .invalidFilter, detail) }
    static func path(_ detail: String) -> SCIMError { SCIMError(.badRequest, .invalidPath, detail) }
    static func mutability(_ detail: String) -> SCIMError { SCIMError(.badRequest, .mutability, detail) }
    static func noTarget(_ detail: String) -> SCIMError { SCIMError(.badRequest, .noTarget, detail) }
    static func taken(_ detail: String) -> SCIMError { SCIMError(.conflict, .uniqueness, detail) }

    /// Of one kind with this id there is nothing that this client made.
    static func unknown(_ id: String) -> SCIMError {
        SCIMError(.notFound, nil, "there is no resource \(TextRule.quoted(id))")
    }

    static let unauthorized: SCIMError = {
        var error = SCIMError(.unauthorized, nil, "a bearer token is needed that is known and not revoked")
        error.headers = [.wwwAuthenticate: "Bearer realm=\"tenure scim\""]
        return error
    }()

    init(_ problem: Problem) {
        let kind: Kind? =
            switch problem.code {
            case "invalid-json": .invalidSyntax
            case "invalid-value", "invalid-url": .invalidValue
            case "too-large": .tooMany
            default: nil
            }
        self.init(problem.status, kind == .tooMany ? nil : kind, problem.detail)
        headers = problem.headers
    }
}
