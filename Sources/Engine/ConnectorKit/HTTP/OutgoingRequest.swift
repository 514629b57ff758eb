/// A request as it goes over the wire, for whoever signs it.
public struct OutgoingRequest: Hashable, Sendable {
    public let method: HTTPRequest.Method
    /// As the `Host` header has it: `iam.amazonaws.com`, `127.0.0.1:5000`.
    public let host: String
    /// Escaped: `/a%2Fb`; never empty.
    public let path: String
    /// Escaped, without the question mark: `Action=ListUsers&Version=2010-05-08`; empty where there is none.
    public let query: String
    public let headers: [HTTPRequest.Field]
    public let body: [UInt8]

    /// - Parameter base: An address that ``ServiceAddress`` has let pass.
    init(_ request: HTTPRequest, base: String) {
        let rest = base.drop { $0 != ":" }.dropFirst("://".count)
        let authority = rest.prefix { $0 != "/" }
        let target = rest.dropFirst(authority.count) + request.target
        let path = target.prefix { $0 != "?" }
        method = request.method
        host = String(authority)
        self.path = path.isEmpty ? "/" : String(path)
        query = String(target.dropFirst(path.count + 1))
        headers = request.headers
        body = request.body ?? []
    }
}
