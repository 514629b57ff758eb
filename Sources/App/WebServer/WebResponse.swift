import HTTPTypes
import StrictJSON

/// What is answered.
public struct WebResponse: Sendable {
    public enum Body: Sendable {
        case empty
        case bytes([UInt8])
        /// Written as it comes, without a length: server-sent events.
        case stream(AsyncThrowingStream<[UInt8], any Error>)
    }

    public var status: HTTPResponse.Status
    public var headers: HTTPFields
    public var body: Body

    public init(_ status: HTTPResponse.Status, headers: HTTPFields = [:], body: Body = .empty) {
        self.status = status
        self.headers = headers
        self.body = body
    }

    public static func json(
        _ value: JSONValue, _ status: HTTPResponse.Status = .ok, type: String = "application/json"
    ) -> WebResponse {
        WebResponse(status, headers: [.contentType: type], body: .bytes(Array(value.compactText.utf8)))
    }

    public static func text(
        _ text: String, _ status: HTTPResponse.Status = .ok, type: String = "text/plain; charset=utf-8"
    ) -> WebResponse {
        WebResponse(status, headers: [.contentType: type], body: .bytes(Array(text.utf8)))
    }

    public func with(_ name: HTTPField.Name, _ value: String) -> WebResponse {
        var response = self
        response.headers[name] = value
        return response
    }
}
