import StrictJSON

/// What an issuer says about itself (OpenID Connect Discovery, RFC 8414).
public struct IssuerDocument: Hashable, Sendable {
    public let issuer: String
    public let keys: ProviderAddress
    public let authorization: ProviderAddress?
    public let token: ProviderAddress?
    public let deviceAuthorization: ProviderAddress?
    public let revocation: ProviderAddress?
    public let userInfo: ProviderAddress?
    /// Whether its answers to a browser name it in `iss` (RFC 9207).
    public let namesItself: Bool
    /// How a client proves who it is at the token endpoint.
    public let clientAuthentication: [String]

    /// - Throws: `provider` for a document that is of another issuer, or lacks what is needed, or leads from `https` to
    ///   plain `http`.
    public init(parsing bytes: [UInt8], of issuer: String) throws(SignInError) {
        let json: JSONValue
        do {
            json = try JSONParser.parse(bytes)
        } catch {
            throw Self.refusal(issuer, "it is not JSON: \(error)")
        }
        guard let object = json.object else { throw Self.refusal(issuer, "it is not an object") }
        guard let stated = object["issuer"]?.string, stated.utf8.elementsEqual(issuer.utf8) else {
            throw Self.refusal(issuer, "it is the document of another issuer; the two must be equal to the last slash")
        }
        self.issuer = issuer
        let isEncrypted = issuer.hasPrefix("https://")
        func address(_ name: String) throws(SignInError) -> ProviderAddress? {
            guard let value = object[name], value != .null else { return nil }
            guard let address = value.string.flatMap({ ProviderAddress($0) }), address.isEncrypted || !isEncrypted
            else {
                throw Self.refusal(issuer, "`\(name)` is no https address")
            }
            return address
        }
        guard let keys = try address("jwks_uri") else { throw Self.refusal(issuer, "it has no `jwks_uri`") }
        self.keys = keys
        authorization = try address("authorization_endpoint")
        token = try address("token_endpoint")
        deviceAuthorization = try address("device_authorization_endpoint")
        revocation = try address("revocation_endpoint")
        userInfo = try address("userinfo_endpoint")
        namesItself = object["authorization_response_iss_parameter_supported"]?.bool ?? false
        clientAuthentication =
            object["token_endpoint_auth_methods_supported"]?.array?.compactMap(\.string) ?? ["client_secret_basic"]
    }

    private static func refusal(_ issuer: String, _ message: String) -> SignInError {
        SignInError(code: .provider, operation: "read the document of `\(issuer)`", message: message)
    }
}
