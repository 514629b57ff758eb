import AccessModel

extension CommandSignIn {
    /// Another access token for a grant whose own is over or nearly so; nil where there is nothing to renew it by, or the
    /// provider does not.
    public func renew(_ grant: SignInGrant) async throws -> SignInGrant? {
        guard let refreshToken = grant.refreshToken else { return nil }
        let document = try await keys.document(of: client.issuer)
        var form = FormBody()
        form.add("grant_type", "refresh_token")
        form.add("refresh_token", refreshToken.reveal())
        let answer = try await client.ask(form, document, http)
        guard answer.error == nil, let accessToken = answer.accessToken else { return nil }
        // Who it is was judged when they signed in; a provider may leave the rest out when nothing of it changes.
        return SignInGrant(
            issuer: grant.issuer, clientID: grant.clientID, accessToken: accessToken,
            identityToken: grant.identityToken, refreshToken: answer.refreshToken ?? refreshToken,
            expires: answer.lifetime.map { now() + $0 }, subject: grant.subject, email: grant.email)
    }
}
