import AccessModel
import ConnectorKit

/// The first source that is set up; what it says is then final, be it an error.
struct CredentialChain: CredentialSource {
    let sources: [any CredentialSource]

    var name: String { "the chain of credentials" }

    func fetch() async throws(ConnectorError) -> AWSCredentials? {
        for source in sources {
            if let credentials = try await source.fetch() { return credentials }
        }
        throw ConnectorError(
            code: .configuration, operation: "find credentials",
            message: "there are none: neither a `credential` of the target, nor AWS_ACCESS_KEY_ID, nor a web identity, "
                + "nor a container's or an instance's role")
    }
}
