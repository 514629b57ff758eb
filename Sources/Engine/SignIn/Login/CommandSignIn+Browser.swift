import AccessModel

extension CommandSignIn {
    /// Signs in with this machine's browser: authorization code with PKCE, the answer on a port of the loopback (RFC 8252).
    ///
    /// - Parameters:
    ///   - patience: For how long the browser is waited for.
    ///   - prompt: Told the address to open.
    public func inBrowser(
        patience: Span = .minutes(5), prompt: @Sendable (String) -> Void
    ) async throws -> SignInGrant {
        let document = try await keys.document(of: client.issuer)
        let listener = try await LoopbackListener.open()
        do {
            let grant = try await inBrowser(document, listener, patience, prompt)
            await listener.close()
            return grant
        } catch {
            await listener.close()
            throw error
        }
    }

    private func inBrowser(
        _ document: IssuerDocument, _ listener: LoopbackListener, _ patience: Span, _ prompt: (String) -> Void
    ) async throws -> SignInGrant {
        let secret = random()
        let (state, nonce) = (SecretDigest.derive("state", from: secret), SecretDigest.derive("nonce", from: secret))
        let verifier = SecretDigest.derive("verifier", from: secret)
        let redirect = "http://127.0.0.1:\(listener.port)\(LoopbackListener.path)"
        prompt(
            try client.authorizationAddress(
                document, redirect: redirect, state: state, nonce: nonce, verifier: verifier))
        // What is not the answer to this attempt is passed over: any program on this machine can knock.
        let query = try await listener.answer(within: patience) { query in
            query["state"].map { ConstantTime.areEqual($0, state) } ?? false
        }
        if let issuer = query["iss"], !issuer.utf8.elementsEqual(client.issuer.issuer.utf8) {
            throw refusal("the answer names another issuer")
        }
        guard query["iss"] != nil || !document.namesItself else { throw refusal("the answer does not name its issuer") }
        if let error = query["error"] {
            throw refusal("the provider answered `\(error.filter { $0.isASCII && !$0.isWhitespace }.prefix(60))`")
        }
        guard let code = query["code"] else { throw refusal("the provider sent no code") }
        var form = FormBody()
        form.add("grant_type", "authorization_code")
        form.add("code", code)
        form.add("redirect_uri", redirect)
        form.add("code_verifier", verifier)
        let answer = try await client.ask(form, document, http)
        if let error = answer.error { throw refusal("the provider answered `\(error)`") }
        return try await grant(answer, nonce: nonce)
    }
}
