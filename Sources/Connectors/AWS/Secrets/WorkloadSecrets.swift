import AccessModel
import ConnectorKit
import StrictJSON

/// The secrets that are made for workloads: made once, made others in time, and deleted when the workload goes.
///
/// Only the workload's own rights say who reads one; here it is made, tagged, and kept young.
struct WorkloadSecrets: Sendable {
    let versions: SecretVersions
    let clock: @Sendable () -> Instant

    /// Days for which a deleted secret can be brought back; the least that the service takes. Nobody can read it meanwhile.
    private static let recoveryDays: Int64 = 7

    /// Whether the secret is one that was made here.
    func isMade(_ credential: Credential) -> Bool {
        versions.settings.name(of: credential) != credential.id
    }

    func make(_ credential: Credential, key: String) async throws(ConnectorError) -> Receipt {
        guard isMade(credential) else {
            throw ConnectorError(
                code: .invalid, operation: versions.operation, message: "secrets are made for workloads alone")
        }
        let name = versions.settings.name(of: credential)
        var input: JSONObject = JSONObject()
        input["Name"] = .string(name)
        input["ClientRequestToken"] = .string(SecretVersions.id(key, name))
        input["Description"] = .string("of \(credential.identity); made and rotated by Tenure")
        input["SecretString"] = .string(try await versions.randomText().reveal())
        input["Tags"] = tags(credential.identity)
        let answer = try await versions.call(
            "CreateSecret", .object(input), tolerating: ["ResourceExistsException", "InvalidRequestException"])
        guard let refusal = answer.refusal else {
            return receipt(.applied, answer.requestID, "made as `\(name)`")
        }
        guard let secret = try await versions.describe(name) else {
            throw ConnectorError(
                code: .targetFailure, operation: versions.operation, message: "it cannot be made (\(refusal.code))")
        }
        return try await takeUp(secret, for: credential, key: key)
    }

    /// One that is there already: its own, from an attempt whose answer was lost or from an earlier time.
    private func takeUp(
        _ secret: SecretEntry, for credential: Credential, key: String
    ) async throws(ConnectorError) -> Receipt {
        guard secret.owner == credential.identity.description else {
            throw ConnectorError(
                code: .conflict, operation: versions.operation,
                message: "the secret `\(secret.name)` is there already and is not \(credential.identity)'s")
        }
        // One that an attempt restored, and whose answer was lost, bears its tag still.
        guard secret.isDeleted || secret.isRetired else { return receipt(.alreadyHeld, nil, "it is there already") }
        if secret.isDeleted { _ = try await versions.call("RestoreSecret", ["SecretId": .string(secret.name)]) }
        // Not the version that the same change made before it was deleted.
        return try await renew(credential, key: key + " restored")
    }

    /// Makes it another. The value before it stays readable as the previous version until the next time.
    func renew(_ credential: Credential, key: String) async throws(ConnectorError) -> Receipt {
        let name = versions.settings.name(of: credential)
        let version = SecretVersions.id(key, name)
        guard let secret = try await versions.describe(name), !secret.isDeleted else {
            throw ConnectorError(
                code: .missingDependency, operation: versions.operation, message: "the secret `\(name)` is gone")
        }
        guard secret.owner == credential.identity.description else {
            throw ConnectorError(
                code: .conflict, operation: versions.operation,
                message: "the secret `\(name)` is not \(credential.identity)'s any more")
        }
        try await versions.renew(secret, version)
        // What was withdrawn is readable by no stage.
        if secret.isRetired {
            try await versions.clear(version, of: name)
        } else {
            try await versions.settle(version, of: name)
        }
        let answer = try await versions.call(
            "TagResource", ["SecretId": .string(name), "Tags": tags(credential.identity)])
        if secret.isRetired {
            // Last of all: until then the value may be the one that was withdrawn.
            let tag = JSONValue.string(versions.settings.retiredTag)
            _ = try await versions.call("UntagResource", ["SecretId": .string(name), "TagKeys": [tag]])
        }
        let before =
            secret.isRetired
            ? "the withdrawn value is readable by no stage"
            : "the version before it stays readable as AWSPREVIOUS until the next time"
        return receipt(.applied, answer.requestID, "rotated to version \(version.prefix(8)); \(before)")
    }

    /// Deletes it; nobody reads it from now on. It is tagged before, so that its value comes back into force by no attempt
    /// that restores it and stops half way.
    func retire(_ credential: Credential) async throws(ConnectorError) -> Receipt {
        let name = versions.settings.name(of: credential)
        guard let secret = try await versions.describe(name), !secret.isDeleted else {
            return receipt(.alreadyHeld, nil, "there is no such secret")
        }
        guard secret.owner == credential.identity.description else {
            return receipt(.alreadyHeld, nil, "\(credential.identity) does not own it any more")
        }
        if !secret.isRetired {
            let tag: JSONValue = ["Key": .string(versions.settings.retiredTag), "Value": "true"]
            _ = try await versions.call("TagResource", ["SecretId": .string(name), "Tags": [tag]])
        }
        let answer = try await versions.call(
            "DeleteSecret", ["SecretId": .string(name), "RecoveryWindowInDays": .integer(Self.recoveryDays)])
        return receipt(
            .applied, answer.requestID,
            "deleted, and readable by nobody; it can be restored for \(Self.recoveryDays) days; residual access: where the value is "
                + "good it must be withdrawn by whoever checks it")
    }

    private func tags(_ identity: IdentityID) -> JSONValue {
        [
            ["Key": .string(versions.settings.ownerTag), "Value": .string(identity.description)],
            ["Key": .string(versions.settings.madeTag), "Value": .string(clock().description)],
        ]
    }

    private func receipt(_ effect: Receipt.Effect, _ requestID: String?, _ note: String) -> Receipt {
        Receipt(effect: effect, requestID: requestID, at: clock(), note: note)
    }
}
