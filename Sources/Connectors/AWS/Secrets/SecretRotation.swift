import AccessModel
import ConnectorKit
import StrictJSON

/// Takes a secret from whoever knows it: a new version is made the current one, the old ones lose all their stages, and it has
/// no owner any more.
struct SecretRotation: Sendable {
    let versions: SecretVersions
    let clock: @Sendable () -> Instant

    func rotate(_ credential: Credential, key: String) async throws(ConnectorError) -> Receipt {
        let name = versions.settings.name(of: credential)
        let version = SecretVersions.id(key, name)
        guard let secret = try await versions.describe(name), !secret.isDeleted else {
            return receipt(.alreadyHeld, nil, "there is no such secret")
        }
        guard secret.owner == credential.identity.description else {
            return receipt(.alreadyHeld, nil, "\(credential.identity) does not own it any more")
        }
        try await versions.renew(secret, version)
        try await versions.clear(version, of: name)
        let request = try await disown(secret, credential.identity)
        return receipt(
            .applied, request,
            "rotated to version \(version.prefix(8)), the old versions withdrawn; it has no owner until one is named; "
                + "residual access: whoever uses the value elsewhere must fetch the new one")
    }

    /// Makes it another for an owner who stays its owner: who knew the value before does not know it now.
    func renew(_ credential: Credential, key: String) async throws(ConnectorError) -> Receipt {
        let name = versions.settings.name(of: credential)
        let version = SecretVersions.id(key, name)
        guard let secret = try await versions.describe(name), !secret.isDeleted,
            secret.owner == credential.identity.description
        else { return receipt(.alreadyHeld, nil, "there is no such secret of \(credential.identity)") }
        try await versions.renew(secret, version)
        try await versions.clear(version, of: name)
        let tag: JSONValue = ["Key": .string(versions.settings.madeTag), "Value": .string(clock().description)]
        let answer = try await versions.call("TagResource", ["SecretId": .string(name), "Tags": [tag]])
        return receipt(
            .applied, answer.requestID,
            "rotated to version \(version.prefix(8)), the old versions withdrawn; residual access: whoever uses the value "
                + "elsewhere must fetch the new one")
    }

    private func receipt(_ effect: Receipt.Effect, _ requestID: String?, _ note: String) -> Receipt {
        Receipt(effect: effect, requestID: requestID, at: clock(), note: note)
    }

    /// The owner knows it no longer. Who it was stays to be read; who it shall be, people say.
    private func disown(_ secret: SecretEntry, _ owner: IdentityID) async throws(ConnectorError) -> String? {
        let tag: JSONValue = [
            "Key": .string(versions.settings.formerOwnerTag), "Value": .string(owner.description),
        ]
        _ = try await versions.call("TagResource", ["SecretId": .string(secret.name), "Tags": [tag]])
        return try await versions.call(
            "UntagResource", ["SecretId": .string(secret.name), "TagKeys": [.string(versions.settings.ownerTag)]]
        ).requestID
    }
}
