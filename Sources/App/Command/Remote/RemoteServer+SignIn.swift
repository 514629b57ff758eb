import ConnectorKit
import ControlPlane
import StrictJSON

extension RemoteServer {
    /// The provider that a server's people sign in with.
    struct Provider: Sendable {
        let issuer: String
        let clientID: String
    }

    /// Nil where the server names none.
    func provider() async throws -> Provider? {
        let answer = try await ask(RemoteCall.get("sign-in"), accepting: "application/json")
        let json = try answer.json()
        guard let issuer = json["issuer"]?.string, let clientID = json["client_id"]?.string else { return nil }
        return Provider(issuer: issuer, clientID: clientID)
    }
}
