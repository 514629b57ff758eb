import AccessModel
import StrictJSON

/// Where somebody enters which code.
public struct DevicePrompt: Hashable, Sendable {
    public let address: String
    public let code: String
    /// The same with the code in it, where the provider has one.
    public let completeAddress: String?
    public let expires: Instant
}

extension CommandSignIn {
    /// Signs in on another device (RFC 8628).
    ///
    /// - Parameter prompt: Told where to go and what to enter there.
    public func onDevice(prompt: @Sendable (DevicePrompt) -> Void) async throws -> SignInGrant {
        let document = try await keys.document(of: client.issuer)
        guard let endpoint = document.deviceAuthorization else {
            throw refusal("the provider has no device flow; sign in without --device")
        }
        var form = FormBody()
        form.add("scope", client.scopes.joined(separator: " "))
        let signed = client.sign(form, document)
        let answer = try await http.post(signed.form, to: endpoint, authorization: signed.authorization)
        let device = try DeviceCode(answer, at: now())
        prompt(device.prompt)
        return try await grant(try await poll(device, document), nonce: nil)
    }

    private func poll(
        _ device: DeviceCode, _ document: IssuerDocument
    ) async throws -> ProviderClient.TokenAnswer {
        var form = FormBody()
        form.add("grant_type", "urn:ietf:params:oauth:grant-type:device_code")
        form.add("device_code", device.secret.reveal())
        var interval = device.interval
        while now() < device.prompt.expires {
            try await sleep(interval)
            let answer: ProviderClient.TokenAnswer
            do {
                answer = try await client.ask(form, document, http)
            } catch {
                guard error.code == .unreachable else { throw error }
                // RFC 8628, 3.5: twice as long after a request that did not get through.
                interval = min(Span(milliseconds: interval.milliseconds * 2), .minutes(2))
                continue
            }
            switch answer.error {
            case nil: return answer
            case "authorization_pending": continue
            case "slow_down": interval = interval + .seconds(5)
            case "access_denied": throw refusal("it was denied")
            case "expired_token": throw refusal("nobody entered the code in time")
            case let other?: throw refusal("the provider answered `\(other)`")
            }
        }
        throw refusal("nobody entered the code in time")
    }
}

/// What the device endpoint answers.
private struct DeviceCode: Sendable {
    let secret: SecretText
    let prompt: DevicePrompt
    let interval: Span

    init(_ answer: ProviderHTTP.Answer, at now: Instant) throws(SignInError) {
        func refusal(_ message: String) -> SignInError {
            SignInError(code: .provider, operation: "ask for a device code", message: message)
        }
        let json: JSONValue
        do {
            json = try JSONParser.parse(answer.body)
        } catch {
            throw refusal("the provider answered \(answer.status) with what is not JSON")
        }
        if let error = json["error"]?.string {
            throw refusal("the provider answered `\(error.filter { $0.isASCII && !$0.isWhitespace }.prefix(60))`")
        }
        guard let code = json["device_code"]?.string, let shown = json["user_code"]?.string,
            let address = json["verification_uri"]?.string, ProviderAddress(address) != nil,
            let lifetime = json["expires_in"]?.integer, lifetime > 0
        else { throw refusal("the provider's answer lacks a code, an address or a lifetime") }
        secret = SecretText(code)
        let complete = json["verification_uri_complete"]?.string
        prompt = DevicePrompt(
            address: address, code: shown, completeAddress: complete.flatMap { ProviderAddress($0)?.text },
            expires: now + .seconds(min(lifetime, 3_600)))
        interval = .seconds(min(max(json["interval"]?.integer ?? 5, 1), 60))
    }
}

extension Span {
    fileprivate static func + (left: Span, right: Span) -> Span {
        Span(milliseconds: left.milliseconds + right.milliseconds)
    }
}
