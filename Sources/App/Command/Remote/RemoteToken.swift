import AccessModel
import Answers
import ControlPlane
import SignIn

/// What shows a server who asks.
enum RemoteToken {
    /// From `$TENURE_TOKEN`, or what `tenure login` keeps for this server, renewed where its time is over; nil for nothing.
    ///
    /// - Throws: Where the file cannot be used, or the token is no header's value.
    static func find(for address: String, at now: Instant) async throws -> SecretText? {
        if let token = GlobalOptions.environment("TENURE_TOKEN") {
            guard token.utf8.allSatisfy({ $0 > 0x20 && $0 < 0x7F }) else {
                throw InstallationError(
                    code: .usage, operation: "read $TENURE_TOKEN", message: "it holds what is in no token")
            }
            return SecretText(token)
        }
        let file = CredentialFile()
        guard let grant = try file.read(for: address) else { return nil }
        guard let expires = grant.expires, expires <= now + .seconds(30) else { return grant.accessToken }
        return await renew(grant, for: address, in: file)?.accessToken ?? grant.accessToken
    }

    /// What cannot be renewed is shown as it is: the server says what is wrong with it.
    private static func renew(
        _ grant: SignInGrant, for address: String, in file: CredentialFile
    ) async -> SignInGrant? {
        do {
            let provider = try ProviderOptions.parse([])
            let renewed = try await provider.signIn(grant.issuer, grant.clientID, scopes: []).renew(grant)
            guard let renewed else { return nil }
            try file.write(renewed, for: address)
            return renewed
        } catch {
            Console.complain("warning: the token was not renewed: \(TextTable.visible("\(error)"))")
            return nil
        }
    }
}
