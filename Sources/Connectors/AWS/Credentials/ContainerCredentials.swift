import AccessModel
import ConnectorKit
import Foundation
import StrictJSON

/// The role of the container this runs in: `AWS_CONTAINER_CREDENTIALS_RELATIVE_URI` or `..._FULL_URI`, with the token that
/// goes with it.
struct ContainerCredentials: CredentialSource {
    let environment: [String: String]
    let clock: @Sendable () -> Instant

    static let standardAddress = "http://169.254.170.2"

    var name: String { "the container's role" }

    func fetch() async throws(ConnectorError) -> AWSCredentials? {
        let operation = "read the container's role"
        let address: String
        if let relative = environment["AWS_CONTAINER_CREDENTIALS_RELATIVE_URI"], !relative.isEmpty {
            address = Self.standardAddress + relative
        } else if let full = environment["AWS_CONTAINER_CREDENTIALS_FULL_URI"], !full.isEmpty {
            address = full
        } else {
            return nil
        }
        // The address may have a query; a session's may not.
        let parts = address.split(separator: "?", maxSplits: 1, omittingEmptySubsequences: false)
        var configuration = HTTPSession.Configuration(url: String(parts[0]))
        configuration.allowsMetadataAddress = true
        configuration.connectTimeout = .seconds(2)
        configuration.timeout = .seconds(5)
        configuration.maximumBodySize = 1 << 16
        configuration.authorization = try token(operation)
        let query = parts.count == 2 ? Self.fields(parts[1]) : []
        let session = try HTTPSession(configuration, clock: clock)
        do throws(ConnectorError) {
            let answer = try await session.send(HTTPRequest(.get, [], query: query), operation: operation)
            await session.close()
            return try MetadataAnswer.parse(answer.body, operation: operation)
        } catch {
            await session.close()
            throw error
        }
    }

    private func token(_ operation: String) throws(ConnectorError) -> SecretText? {
        if let path = environment["AWS_CONTAINER_AUTHORIZATION_TOKEN_FILE"], !path.isEmpty {
            return try TokenFile.read(path, operation: operation)
        }
        return environment["AWS_CONTAINER_AUTHORIZATION_TOKEN"].flatMap { $0.isEmpty ? nil : SecretText($0) }
    }

    private static func fields(_ query: Substring) -> [HTTPRequest.Field] {
        query.split(separator: "&").map { pair in
            let name = pair.prefix { $0 != "=" }
            return HTTPRequest.Field(String(name), String(pair.dropFirst(name.count + 1)))
        }
    }
}

/// What the services of an instance and of a container answer.
enum MetadataAnswer {
    static func parse(_ body: [UInt8], operation: String) throws(ConnectorError) -> AWSCredentials {
        let json: JSONValue
        do throws(JSONError) {
            json = try JSONParser.parse(body)
        } catch {
            // Not what the parser says: the body is a secret.
            throw ConnectorError(code: .targetFailure, operation: operation, message: "the answer is not JSON")
        }
        if let code = json["Code"]?.string, code != "Success" {
            throw ConnectorError(code: .unauthorized, operation: operation, message: "the service says `\(code)`")
        }
        guard let key = json["AccessKeyId"]?.string, let secret = json["SecretAccessKey"]?.string,
            let token = json["Token"]?.string, let end = json["Expiration"]?.string.flatMap({ Instant($0) })
        else {
            throw ConnectorError(
                code: .targetFailure, operation: operation, message: "the answer lacks a part of the credentials")
        }
        return AWSCredentials(
            accessKeyID: key, secretAccessKey: SecretText(secret), sessionToken: SecretText(token), expiration: end)
    }
}

/// A token in a file that somebody else renews: read anew each time.
enum TokenFile {
    static func read(_ path: String, operation: String) throws(ConnectorError) -> SecretText {
        let bytes: Data
        do {
            bytes = try Data(contentsOf: URL(fileURLWithPath: path))
        } catch {
            throw ConnectorError(
                code: .configuration, operation: operation, message: "the token's file `\(path)` cannot be read")
        }
        guard bytes.count <= 65_536, let text = String(validating: bytes, as: UTF8.self) else {
            throw ConnectorError(
                code: .configuration, operation: operation, message: "the token's file `\(path)` is no text of 64 KiB")
        }
        let token = text.trimmingCharacters(in: .whitespacesAndNewlines)
        guard !token.isEmpty else {
            throw ConnectorError(
                code: .configuration, operation: operation, message: "the token's file `\(path)` is empty")
        }
        return SecretText(token)
    }
}
