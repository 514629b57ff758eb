import AccessModel
import ConnectorKit

/// What requests are signed with.
struct AWSCredentials: Sendable {
    /// Public: it stands in each request, and in the account's own log.
    let accessKeyID: String
    let secretAccessKey: SecretText
    /// Of credentials that end by themselves.
    let sessionToken: SecretText?
    /// Nil for those that do not end.
    let expiration: Instant?

    init(
        accessKeyID: String, secretAccessKey: SecretText, sessionToken: SecretText? = nil, expiration: Instant? = nil
    ) {
        self.accessKeyID = accessKeyID
        self.secretAccessKey = secretAccessKey
        self.sessionToken = sessionToken
        self.expiration = expiration
    }
}

/// Where credentials come from.
protocol CredentialSource: Sendable {
    /// For errors: `the environment`, `the role arn:aws:iam::123456789012:role/tenure`.
    var name: String { get }

    /// Fetches them anew.
    ///
    /// - Returns: Nil where this source is not set up here at all, so that the next one is asked.
    /// - Throws: Where it is set up and does not work: nobody wants to be somebody else by accident.
    func fetch() async throws(ConnectorError) -> AWSCredentials?
}
