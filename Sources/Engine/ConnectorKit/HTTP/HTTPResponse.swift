import AccessModel

/// A whole answer.
public struct HTTPResponse: Hashable, Sendable {
    public let status: Int
    /// In the order in which they came.
    public let headers: [HTTPRequest.Field]
    public let body: [UInt8]

    public init(status: Int, headers: [HTTPRequest.Field] = [], body: [UInt8] = []) {
        self.status = status
        self.headers = headers
        self.body = body
    }

    /// The first header of the name, in any case.
    public func header(_ name: String) -> String? {
        let wanted = name.lowercased()
        return headers.first { $0.name.lowercased() == wanted }?.value
    }

    /// The server's own id of the request, where it gives one.
    public var requestID: String? {
        header("X-Request-Id") ?? header("Request-Id") ?? header("X-Correlation-Id")
    }

    /// What the status says when it is an error; nil for one that is not.
    func errorCode() -> ConnectorError.Code? {
        switch status {
        case 200..<300, 304: nil
        case 401: .unauthorized
        case 403: .forbidden
        case 404, 410: .missingDependency
        case 408, 425: .unreachable
        case 409, 412: .conflict
        case 429, 503: .throttled
        case 500...: .targetFailure
        // A redirect could send the credential elsewhere; the settings must name the place itself.
        case 300..<400, 405: .configuration
        default: .invalid
        }
    }

    /// For a status that can mean to wait, what the server stated: by the header, or else by when its limit is lifted, as
    /// GitHub tells it with 403 too.
    func retryAfter(now: Instant) -> Span? {
        guard [403, 429, 503].contains(status) else { return nil }
        if let stated = header("Retry-After").flatMap({ RetryAfter.parse($0, now: now) }) { return stated }
        guard header("X-RateLimit-Remaining") == "0",
            let reset = header("X-RateLimit-Reset").flatMap({ Int64($0) }), (0..<100_000_000_000).contains(reset)
        else { return nil }
        return max(.zero, min(RetryAfter.longest, Instant(milliseconds: reset * 1_000) - now))
    }
}
