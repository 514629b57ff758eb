import HTTPTypes
import StrictJSON
import WebServer

/// An error of RFC 7644, section 3.12.
public struct SCIMError: Error, Hashable, Sendable {
    /// Keywords of RFC 7644, table 9.
    public enum Kind: String, Sendable {
        case invalidFilter, tooMany, uniqueness, mutability, invalidSyntax, invalidPath, noTarget, invalidValue
        case invalidVers, sensitive
        /// RFC 9865.
        case invalidCursor, expiredCursor, invalidCount
    }

    public let status: HTTPResponse.Status
    public let kind: Kind?
    public let detail: String

    public init(_ status: HTTPResponse.Status, _ kind: Kind? = nil, _ detail: String) {
        self.status = status
        self.kind = kind
        self.detail = detail
    }

    public var response: WebResponse {
        var object = JSONObject()
        object["schemas"] = ["urn:ietf:params:scim:api:messages:2.0:Error"]
        object["status"] = .string("\(status.code)")
        object["scimType"] = kind.map { .string($0.rawValue) }
        object["detail"] = .string(detail)
        return .json(.object(object), status, type: "application/scim+json")
    }
}
