import ConnectorKit

/// What of a request is signed.
struct SignableRequest {
    var method: String
    var host: String
    /// As it goes over the wire, escaped once.
    var path: String
    /// Without the question mark, escaped.
    var query = ""
    var headers: [HTTPRequest.Field] = []
    var body: [UInt8] = []

    init(_ request: OutgoingRequest) {
        method = request.method.rawValue
        host = request.host
        path = request.path
        query = request.query
        headers = request.headers
        body = request.body
    }

    init(method: String, host: String, path: String) {
        self.method = method
        self.host = host
        self.path = path
    }
}
