import AccessModel
import ConnectorKit
import Crypto
import Foundation
import StrictJSON

/// Makes a secret of a KV engine another: a new version is written on top of the one that was read, read back, and all
/// older ones are destroyed; then it has no owner any more.
///
/// What is intended is written into the secret's metadata first: the change, the version it starts from, and a digest of
/// the new value. A second attempt knows by it what the first one did, and makes no third version.
struct KVRotation: Sendable {
    let client: VaultClient
    let mount: [String]
    let path: [String]
    let field: String
    let operation: String

    struct Outcome: Sendable {
        let effect: Receipt.Effect
        let note: String
    }

    private static let (former, intent) = ("tenure_former", "tenure_rotation")

    /// Whose a secret is, as its metadata says.
    static func owner(of metadata: JSONValue, _ organization: Slug) -> IdentityID? {
        guard metadata["custom_metadata"]?[OwnerMarks.organizationKey]?.string == organization.text,
            let identity = metadata["custom_metadata"]?[OwnerMarks.identity]?.string.flatMap({ IdentityID($0) }),
            identity.isOwned
        else { return nil }
        return identity
    }

    func rotate(_ owner: IdentityID, key: String) async throws(ConnectorError) -> Outcome {
        guard let metadata = try await client.read(mount + ["metadata"] + path, operation) else {
            return Outcome(effect: .alreadyHeld, note: "there is no such secret")
        }
        guard metadata["custom_metadata"]?[OwnerMarks.identity]?.string == owner.description else {
            return Outcome(effect: .alreadyHeld, note: "\(owner) does not own it any more")
        }
        let current = try version(metadata)
        let new: Int64
        if try await isDone(metadata, current, key) {
            new = current
        } else {
            new = try await write(metadata, current, key)
        }
        try await destroy(below: new)
        try await disown(owner)
        return Outcome(
            effect: .applied,
            note:
                "rotated to version \(new), the older ones destroyed; it has no owner until one is named; residual access: "
                + "whoever uses the value elsewhere must fetch the new one")
    }

    private func version(_ metadata: JSONValue) throws(ConnectorError) -> Int64 {
        guard let current = metadata["current_version"]?.integer, current > 0 else {
            throw ConnectorError(
                code: .invalid, operation: operation,
                message: "the secret has no version; it is no KV engine, version 2")
        }
        return current
    }

    /// Whether the current version is what an earlier attempt at this change wrote.
    private func isDone(_ metadata: JSONValue, _ current: Int64, _ key: String) async throws(ConnectorError) -> Bool {
        let words = (metadata["custom_metadata"]?[Self.intent]?.string ?? "").split(separator: ":").map(String.init)
        guard words.count == 3, words[0] == Self.digest(key), Int64(words[1]) == current - 1 else { return false }
        return Self.digest(try await data(current).compactText) == words[2]
    }

    private func write(_ metadata: JSONValue, _ current: Int64, _ key: String) async throws(ConnectorError) -> Int64 {
        guard var content = try await data(current).object else {
            throw ConnectorError(code: .invalid, operation: operation, message: "the secret is no set of members")
        }
        guard content[field]?.string != nil else {
            throw ConnectorError(
                code: .invalid, operation: operation,
                message: "the secret has no text `\(field)`; set `field` to the member that is the secret itself")
        }
        content[field] = .string(Self.newValue())
        let value = JSONValue.object(content)
        try await remember([
            Self.intent: "\(Self.digest(key)):\(current):\(Self.digest(value.compactText))"
        ])
        try await client.put(
            mount + ["data"] + path, ["options": ["cas": .integer(current)], "data": value], operation)
        guard try await data(current + 1) == value else {
            throw ConnectorError(
                code: .conflict, operation: operation, message: "the new version reads back as something else")
        }
        return current + 1
    }

    /// The content of a version; never part of an error.
    private func data(_ version: Int64) async throws(ConnectorError) -> JSONValue {
        let answer = try await client.read(
            mount + ["data"] + path, operation, query: [HTTPRequest.Field("version", String(version))])
        guard let content = answer?["data"], content != .null else {
            throw ConnectorError(
                code: .invalid, operation: operation,
                message: "version \(version) is deleted: there is nothing to make another of")
        }
        return content
    }

    private func destroy(below new: Int64) async throws(ConnectorError) {
        guard let metadata = try await client.read(mount + ["metadata"] + path, operation),
            metadata["current_version"]?.integer == new
        else {
            throw ConnectorError(
                code: .conflict, operation: operation, message: "somebody else wrote the secret at the same time")
        }
        var old: [JSONValue] = []
        for member in metadata["versions"]?.object?.members ?? [] {
            guard let number = Int64(member.name), number < new, member.value["destroyed"]?.bool != true else {
                continue
            }
            old.append(.integer(number))
        }
        guard !old.isEmpty else { return }
        try await client.put(mount + ["destroy"] + path, ["versions": .array(old)], operation)
    }

    /// Who it was stays to be read; who it shall be, people say.
    private func disown(_ owner: IdentityID) async throws(ConnectorError) {
        try await remember([Self.former: owner.description], forgetting: [OwnerMarks.identity, Self.intent])
    }

    /// The server takes the whole of a secret's own metadata.
    private func remember(_ texts: [String: String], forgetting: [String] = []) async throws(ConnectorError) {
        let metadata = try await client.read(mount + ["metadata"] + path, operation)
        var all: [String: String] = [:]
        for member in metadata?["custom_metadata"]?.object?.members ?? [] { all[member.name] = member.value.string }
        for name in forgetting { all[name] = nil }
        all.merge(texts) { $1 }
        try await client.put(
            mount + ["metadata"] + path, ["custom_metadata": IdentityStore.json(all)], operation)
    }

    private static func digest(_ text: String) -> String {
        SHA256.hash(data: Data(text.utf8)).prefix(16).map { byte in
            let digits = String(byte, radix: 16)
            return digits.utf8.count == 1 ? "0" + digits : digits
        }.joined()
    }

    /// Forty characters of the system's randomness.
    private static func newValue() -> String {
        let alphabet = Array("ABCDEFGHJKLMNPQRSTUVWXYZabcdefghijkmnpqrstuvwxyz23456789-_.".utf8)
        var generator = SystemRandomNumberGenerator()
        let bytes = (0..<40).map { _ in alphabet[Int.random(in: 0..<alphabet.count, using: &generator)] }
        return String(decoding: bytes, as: UTF8.self)
    }
}
