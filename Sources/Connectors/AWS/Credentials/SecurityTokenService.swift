import AccessModel
import ConnectorKit

/// The three operations of STS that lead to credentials, or say whose they are.
enum SecurityTokenService {
    /// Reads `Credentials` from an answer.
    static func credentials(
        in result: XMLElement, _ operation: String
    ) throws(ConnectorError) -> AWSCredentials {
        let element = result["Credentials"]
        guard let key = element?.text("AccessKeyId"), let secret = element?.text("SecretAccessKey"),
            let token = element?.text("SessionToken"), let end = element?.text("Expiration").flatMap({ Instant($0) })
        else {
            throw ConnectorError(
                code: .targetFailure, operation: operation, message: "the answer lacks a part of the credentials")
        }
        return AWSCredentials(
            accessKeyID: key, secretAccessKey: SecretText(secret), sessionToken: SecretText(token), expiration: end)
    }

    /// Who the credentials are.
    struct Caller: Hashable, Sendable {
        let account: String
        let arn: String
    }

    static func caller(_ client: AWSClient, _ operation: String) async throws(ConnectorError) -> Caller {
        let answer = try await client.query(.sts, "GetCallerIdentity", [], operation)
        guard let account = answer.result.text("Account"), let arn = answer.result.text("Arn") else {
            throw ConnectorError(
                code: .targetFailure, operation: operation,
                message: "the service does not say whose the credentials are")
        }
        return Caller(account: account, arn: arn)
    }
}

/// A role that the credentials of another source may take on.
struct AssumedRole: CredentialSource {
    /// Signs with the credentials of the other source.
    let client: AWSClient
    let role: String
    let externalID: SecretText?
    let sessionName: String

    var name: String { "the role \(role)" }

    func fetch() async throws(ConnectorError) -> AWSCredentials? {
        let operation = "assume \(name)"
        var fields = [
            HTTPRequest.Field("RoleArn", role), HTTPRequest.Field("RoleSessionName", sessionName),
        ]
        if let externalID { fields.append(HTTPRequest.Field("ExternalId", externalID.reveal())) }
        let answer = try await client.query(.sts, "AssumeRole", fields, operation)
        return try SecurityTokenService.credentials(in: answer.result, operation)
    }
}

/// A role for a token in a file, as Kubernetes puts one there: `AWS_ROLE_ARN` and `AWS_WEB_IDENTITY_TOKEN_FILE`.
struct WebIdentityCredentials: CredentialSource {
    let environment: [String: String]
    let address: String
    let sessionName: String
    let clock: @Sendable () -> Instant

    var name: String { "the web identity" }

    func fetch() async throws(ConnectorError) -> AWSCredentials? {
        guard let path = environment["AWS_WEB_IDENTITY_TOKEN_FILE"], !path.isEmpty else { return nil }
        let operation = "exchange the web identity's token"
        guard let role = environment["AWS_ROLE_ARN"], !role.isEmpty else {
            throw ConnectorError(
                code: .configuration, operation: operation,
                message: "AWS_WEB_IDENTITY_TOKEN_FILE is set and AWS_ROLE_ARN is not")
        }
        let token = try TokenFile.read(path, operation: operation)
        // Not signed: the token is the proof.
        let session = try HTTPSession(HTTPSession.Configuration(url: address), clock: clock)
        let request = FormRequest.make(
            "AssumeRoleWithWebIdentity", version: "2011-06-15",
            [
                HTTPRequest.Field("RoleArn", role), HTTPRequest.Field("RoleSessionName", sessionName),
                HTTPRequest.Field("WebIdentityToken", token.reveal()),
            ])
        let response: HTTPResponse
        do throws(ConnectorError) {
            response = try await session.send(request, operation: operation, accepting: Set(100..<1_000))
            await session.close()
        } catch {
            await session.close()
            throw error
        }
        guard response.status == 200 else {
            let error = AWSError(response, now: clock())
            // Not the message: it may repeat the token.
            throw ConnectorError(
                code: error.kind, operation: operation,
                message: error.code.isEmpty ? "HTTP \(error.status)" : error.code,
                retryAfter: error.retryAfter)
        }
        let document: XMLElement
        do throws(XMLReader.Failure) {
            document = try XMLReader.parse(response.body)
        } catch {
            throw ConnectorError(code: .targetFailure, operation: operation, message: "the answer is not the service's")
        }
        guard let result = document["AssumeRoleWithWebIdentityResult"] else {
            throw ConnectorError(code: .targetFailure, operation: operation, message: "the answer is not the service's")
        }
        return try SecurityTokenService.credentials(in: result, operation)
    }
}
