import AccessModel

extension CommandSignIn {
    /// Tells the provider that a grant is given back (RFC 7009); false where it has no way to be told.
    public func revoke(_ grant: SignInGrant) async throws -> Bool {
        let document = try await keys.document(of: client.issuer)
        guard let endpoint = document.revocation else { return false }
        let tokens = [(grant.refreshToken, "refresh_token"), (grant.accessToken, "access_token")]
        for (token, hint) in tokens {
            guard let token else { continue }
            var form = FormBody()
            form.add("token", token.reveal())
            form.add("token_type_hint", hint)
            let signed = client.sign(form, document)
            let answer = try await http.post(signed.form, to: endpoint, authorization: signed.authorization)
            guard answer.status == 200 else { return false }
        }
        return true
    }
}
