/// Whether a request that changes something was meant by the person whose session it carries, and not by another site
/// that their browser is looking at.
///
/// Three things have to agree, none of which another site can send: the origin that the browser names, what the browser
/// says of the relation between the two sites, and a token that follows from the session's cookie.
public struct RequestForgeryCheck: Hashable, Sendable {
    public enum Refusal: String, Hashable, Sendable {
        case noOrigin = "the browser does not say where the request comes from"
        case otherOrigin = "the request comes from another site"
        case noToken = "the form's token is missing"
        case wrongToken = "the form's token is of another session"
    }

    /// Scheme, host and port as a browser names them: `https://tenure.example.com`.
    public let server: String

    public init(server: String) { self.server = server }

    /// Nil where the request may go on.
    ///
    /// - Parameters:
    ///   - origin: The `Origin` header.
    ///   - fetchSite: The `Sec-Fetch-Site` header.
    ///   - token: What the form or the header `X-Tenure-Form` carries.
    public func refusal(
        method: String, origin: String?, fetchSite: String?, token: String?, session: BrowserSession
    ) -> Refusal? {
        if ["GET", "HEAD", "OPTIONS"].contains(method) { return nil }
        if let refusal = refusal(origin: origin, fetchSite: fetchSite) { return refusal }
        guard let token, !token.isEmpty else { return .noToken }
        return ConstantTime.areEqual(token, session.forgeryToken) ? nil : .wrongToken
    }

    /// The same for a request that needs no session.
    public func refusal(origin: String?, fetchSite: String?) -> Refusal? {
        if let fetchSite, fetchSite != "same-origin" { return .otherOrigin }
        guard let origin else { return fetchSite == nil ? .noOrigin : nil }
        return origin.utf8.elementsEqual(server.utf8) ? nil : .otherOrigin
    }
}
