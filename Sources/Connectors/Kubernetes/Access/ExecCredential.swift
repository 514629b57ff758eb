import AccessModel
import ConnectorKit
import StrictJSON

/// What a plugin handed out (`client.authentication.k8s.io`).
struct ExecCredential: Sendable {
    let token: SecretText?
    let identity: HTTPSession.ClientIdentity?
    /// Until when it is good; nil as long as the API server takes it.
    let until: Instant?

    /// Nil for anything that is not an `ExecCredential` of that version with something in it.
    init?(_ bytes: [UInt8], apiVersion: String) {
        let answer: JSONValue
        do throws(JSONError) {
            answer = try JSONParser.parse(bytes)
        } catch {
            return nil
        }
        guard answer["kind"]?.string == "ExecCredential", answer["apiVersion"]?.string == apiVersion,
            let status = answer["status"]
        else { return nil }
        token = status["token"]?.string.flatMap { $0.isEmpty ? nil : SecretText($0) }
        switch (status["clientCertificateData"]?.string, status["clientKeyData"]?.string) {
        case (let certificates?, let key?):
            identity = HTTPSession.ClientIdentity(certificates: Array(certificates.utf8), key: SecretText(key))
        case (nil, nil): identity = nil
        default: return nil
        }
        guard token != nil || identity != nil else { return nil }
        if let text = status["expirationTimestamp"]?.string {
            guard let instant = Instant(text) else { return nil }
            until = instant
        } else {
            until = nil
        }
    }
}
