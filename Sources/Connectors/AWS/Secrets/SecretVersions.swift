import AccessModel
import ConnectorKit
import Crypto
import Foundation
import StrictJSON

/// The versions of a secret, and the stages that say which is in use.
///
/// Each step looks at what is there. A new version's id comes from the change's own key, so a second attempt goes on
/// where the first one stopped, and makes no third version.
struct SecretVersions: Sendable {
    let client: AWSClient
    let settings: SecretsSettings
    let operation: String

    private static let (current, pending) = ("AWSCURRENT", "AWSPENDING")

    /// 64 hexadecimal digits, the same for every attempt at a change.
    static func id(_ key: String, _ name: String) -> String {
        SHA256.hash(data: Data((key + "\u{0}" + name).utf8)).map { byte in
            let digits = String(byte, radix: 16)
            return digits.utf8.count == 1 ? "0" + digits : digits
        }.joined()
    }

    /// Makes a version the current one: staged, read back, promoted. The one before it stays readable as the previous one.
    func renew(_ secret: SecretEntry, _ version: String) async throws(ConnectorError) {
        guard secret.version(at: Self.current) != version else { return }
        if secret.hasRotation {
            try await startOwnRotation(secret, version)
        } else {
            try await stage(secret, version)
            try await promote(secret, version)
        }
    }

    func call(
        _ name: String, _ input: JSONValue, tolerating tolerated: Set<String> = []
    ) async throws(ConnectorError) -> AWSClient.Answer {
        try await client.call(.secretsManager, name, input, operation, tolerating: tolerated)
    }

    func describe(_ name: String) async throws(ConnectorError) -> SecretEntry? {
        let answer = try await call(
            "DescribeSecret", ["SecretId": .string(name)], tolerating: ["ResourceNotFoundException"])
        guard answer.refusal == nil else { return nil }
        guard let entry = SecretEntry(answer.json, settings) else {
            throw ConnectorError(code: .targetFailure, operation: operation, message: "the answer names no secret")
        }
        return entry
    }

    // MARK: The new version

    /// Stages a new value, once, and reads it back.
    private func stage(_ secret: SecretEntry, _ version: String) async throws(ConnectorError) {
        try checkNoneIsUnderway(secret, version)
        let old = try await value(of: secret.name, secret.version(at: Self.current), Self.current)
        if secret.stages[version] == nil {
            let new = try await newValue(like: old)
            _ = try await call(
                "PutSecretValue",
                [
                    "SecretId": .string(secret.name), "ClientRequestToken": .string(version),
                    "SecretString": .string(new.reveal()), "VersionStages": [.string(Self.pending)],
                ])
        }
        let written = try await value(of: secret.name, version, Self.pending)
        guard !written.isEmpty, written.reveal() != old.reveal() else {
            throw ConnectorError(
                code: .targetFailure, operation: operation, message: "the new version reads back as the old one")
        }
    }

    /// A rotation that is over may leave its stage on the current version: that one is not under way.
    private func checkNoneIsUnderway(_ secret: SecretEntry, _ version: String) throws(ConnectorError) {
        guard let other = secret.version(at: Self.pending), other != version,
            other != secret.version(at: Self.current)
        else { return }
        throw ConnectorError(
            code: .conflict, operation: operation,
            message: "another rotation is on its way (version \(other.prefix(8)))")
    }

    private func value(
        of name: String, _ version: String?, _ stage: String
    ) async throws(ConnectorError) -> SecretText {
        var input: JSONObject = JSONObject()
        input["SecretId"] = .string(name)
        input["VersionId"] = version.map(JSONValue.string)
        input["VersionStage"] = .string(stage)
        let answer = try await call("GetSecretValue", .object(input))
        guard let text = answer.json["SecretString"]?.string else {
            throw ConnectorError(
                code: .invalid, operation: operation,
                message: "the secret is binary: what takes its place has to be made by whoever knows its form")
        }
        return SecretText(text)
    }

    /// A random text; of a JSON object only the one member becomes another.
    private func newValue(like old: SecretText) async throws(ConnectorError) -> SecretText {
        let password = try await randomText()
        guard old.reveal().utf8.first(where: { $0 > 0x20 }) == UInt8(ascii: "{") else { return password }
        let document: JSONValue
        do throws(JSONError) {
            document = try JSONParser.parse(old.reveal())
        } catch {
            // Not what the parser says: it may quote the value.
            return password
        }
        guard var object = document.object else { return password }
        guard object[settings.field] != nil else {
            throw ConnectorError(
                code: .invalid, operation: operation,
                message: "the secret is a JSON object without a member `\(settings.field)`; set `password_field`")
        }
        object[settings.field] = .string(password.reveal())
        return SecretText(JSONValue.object(object).compactText)
    }

    /// Made by the service, so that it is as random there as anything.
    func randomText() async throws(ConnectorError) -> SecretText {
        let answer = try await call(
            "GetRandomPassword",
            [
                "PasswordLength": .integer(Int64(settings.length)),
                "ExcludeCharacters": .string(settings.excludedCharacters), "RequireEachIncludedType": true,
            ])
        guard let password = answer.json["RandomPassword"]?.string, password.utf8.count >= settings.length else {
            throw ConnectorError(code: .targetFailure, operation: operation, message: "the service made no password")
        }
        return SecretText(password)
    }

    // MARK: Stages

    private func promote(_ secret: SecretEntry, _ version: String) async throws(ConnectorError) {
        var input = JSONObject()
        input["SecretId"] = .string(secret.name)
        input["VersionStage"] = .string(Self.current)
        input["MoveToVersionId"] = .string(version)
        input["RemoveFromVersionId"] = secret.version(at: Self.current).map(JSONValue.string)
        _ = try await call("UpdateSecretVersionStage", .object(input))
    }

    /// Whoever rotates this secret otherwise does it now. It ends in its own time.
    private func startOwnRotation(_ secret: SecretEntry, _ version: String) async throws(ConnectorError) {
        if secret.stages[version] == nil {
            try checkNoneIsUnderway(secret, version)
            _ = try await call(
                "RotateSecret",
                [
                    "SecretId": .string(secret.name), "ClientRequestToken": .string(version), "RotateImmediately": true,
                ])
        }
        guard try await describe(secret.name)?.version(at: Self.current) == version else {
            throw ConnectorError(
                code: .missingDependency, operation: operation, message: "the secret's own rotation is on its way",
                retryAfter: .seconds(15))
        }
    }

    /// Only the new version keeps a stage: the current one.
    func clear(_ version: String, of name: String) async throws(ConnectorError) {
        try await clear(version, of: name) { _ in true }
    }

    /// The new version is on its way no longer; the earlier one keeps what it has.
    func settle(_ version: String, of name: String) async throws(ConnectorError) {
        try await clear(version, of: name) { $0 == version }
    }

    private func clear(
        _ version: String, of name: String, where isMeant: (String) -> Bool
    ) async throws(ConnectorError) {
        guard let secret = try await describe(name), secret.version(at: Self.current) == version else {
            throw ConnectorError(
                code: .conflict, operation: operation, message: "the new version is not the current one")
        }
        for (other, stages) in secret.stages.sorted(by: { $0.key < $1.key })
        where isMeant(other) {
            for stage in stages where !(other == version && stage == Self.current) {
                _ = try await call(
                    "UpdateSecretVersionStage",
                    [
                        "SecretId": .string(name), "VersionStage": .string(stage),
                        "RemoveFromVersionId": .string(other),
                    ], tolerating: ["ResourceNotFoundException"])
            }
        }
    }
}
