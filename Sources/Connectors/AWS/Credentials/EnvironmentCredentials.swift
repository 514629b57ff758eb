import AccessModel
import ConnectorKit

/// `AWS_ACCESS_KEY_ID`, `AWS_SECRET_ACCESS_KEY` and `AWS_SESSION_TOKEN`.
struct EnvironmentCredentials: CredentialSource {
    let environment: [String: String]

    var name: String { "the environment" }

    func fetch() async throws(ConnectorError) -> AWSCredentials? {
        guard let key = value("AWS_ACCESS_KEY_ID") else { return nil }
        guard let secret = value("AWS_SECRET_ACCESS_KEY") else {
            throw ConnectorError(
                code: .configuration, operation: "read credentials from the environment",
                message: "AWS_ACCESS_KEY_ID is set and AWS_SECRET_ACCESS_KEY is not")
        }
        return AWSCredentials(
            accessKeyID: key, secretAccessKey: SecretText(secret),
            sessionToken: value("AWS_SESSION_TOKEN").map { SecretText($0) })
    }

    private func value(_ name: String) -> String? { environment[name].flatMap { $0.isEmpty ? nil : $0 } }
}
