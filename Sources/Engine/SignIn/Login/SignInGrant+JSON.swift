import AccessModel
import StrictJSON

extension SignInGrant {
    /// With the tokens: for its owner's file alone.
    public var secretJSON: SecretText {
        var object = JSONObject()
        object["issuer"] = .string(issuer)
        object["client_id"] = .string(clientID)
        object["access_token"] = .string(accessToken.reveal())
        object["id_token"] = identityToken.map { .string($0.reveal()) }
        object["refresh_token"] = refreshToken.map { .string($0.reveal()) }
        object["expires_at"] = expires.map { .string($0.description) }
        object["subject"] = subject.map { .string($0) }
        object["email"] = email.map { .string($0) }
        return SecretText(JSONValue.object(object).prettyText + "\n")
    }

    /// Without them.
    public var json: JSONValue {
        var object = JSONObject()
        object["issuer"] = .string(issuer)
        object["client_id"] = .string(clientID)
        object["subject"] = subject.map { .string($0) } ?? .null
        object["email"] = email.map { .string($0) } ?? .null
        object["expires_at"] = expires.map { .string($0.description) } ?? .null
        return .object(object)
    }

    /// Reads ``secretJSON`` back; nil for anything else.
    public init?(stored bytes: [UInt8]) {
        let json: JSONValue
        do {
            json = try JSONParser.parse(bytes)
        } catch {
            return nil
        }
        guard let issuer = json["issuer"]?.string, let client = json["client_id"]?.string,
            let access = json["access_token"]?.string
        else { return nil }
        self.init(
            issuer: issuer, clientID: client, accessToken: SecretText(access),
            identityToken: json["id_token"]?.string.map { SecretText($0) },
            refreshToken: json["refresh_token"]?.string.map { SecretText($0) },
            expires: json["expires_at"]?.string.flatMap { Instant($0) }, subject: json["subject"]?.string,
            email: json["email"]?.string)
    }
}
