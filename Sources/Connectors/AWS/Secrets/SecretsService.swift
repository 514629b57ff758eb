import AccessModel
import ConnectorKit
import StrictJSON

/// AWS Secrets Manager: which secrets an identity knows, by a tag that names it, and how old they are.
///
/// Taking one away is a rotation: nobody forgets what they have read, so the secret becomes another. Secrets are made for
/// workloads alone, and go with them. A value is never part of a fact, a receipt or an error.
public struct SecretsService: Connector {
    let settings: SecretsSettings
    let client: AWSClient
    let clock: @Sendable () -> Instant
    private let connection: AWSConnection
    private let name: String

    /// - Throws: A `configuration` error for settings that are not usable. Nothing is asked yet.
    public init(_ configuration: ConnectorConfiguration) throws(ConnectorError) {
        settings = try SecretsSettings(configuration)
        connection = try AWSConnection([.secretsManager, .sts], settings.aws, configuration)
        client = connection.client
        clock = configuration.clock
        name = configuration.target.text
    }

    public var abilities: TargetAbilities { Self.abilities }

    static let abilities = TargetAbilities(
        kinds: [.credential], holdsWorkloadMembers: false, holdsEmptyGroups: false, maximumGroupNameLength: 63,
        keepsWorkloadSecrets: true)

    public func check() async throws(ConnectorError) -> TargetHealth {
        let operation = "check \(name)"
        let caller = try await SecurityTokenService.caller(client, operation)
        _ = try await client.call(.secretsManager, "ListSecrets", ["MaxResults": 1], operation)
        return TargetHealth(description: "Secrets Manager in \(settings.aws.region.name), as \(caller.arn)")
    }

    public func apply(_ change: Change, context: ApplyContext) async throws(ConnectorError) -> Receipt {
        let operation = "\(change.operation.rawValue) \(change.fact.key) in \(name)"
        let versions = SecretVersions(client: client, settings: settings, operation: operation)
        let secrets = WorkloadSecrets(versions: versions, clock: clock)
        let key = context.idempotencyKey
        switch (change.operation, change.fact) {
        case (.add, .credential(let credential)): return try await secrets.make(credential, key: key)
        case (.update, .credential(let credential)) where secrets.isMade(credential):
            return try await secrets.renew(credential, key: key)
        case (.update, .credential(let credential)):
            return try await SecretRotation(versions: versions, clock: clock).renew(credential, key: key)
        case (.remove, .credential(let credential)) where secrets.isMade(credential):
            return try await secrets.retire(credential)
        case (.remove, .credential(let credential)):
            return try await SecretRotation(versions: versions, clock: clock).rotate(credential, key: key)
        default:
            throw ConnectorError(
                code: .invalid, operation: operation,
                message: "Secrets Manager has no place for a \(change.fact.kind.rawValue)")
        }
    }

    public func close() async { await connection.close() }

    public func observe(_ scope: ObservationScope) async throws(ConnectorError) -> Observation {
        let operation = "observe secrets in \(settings.aws.region.name)"
        do throws(ConnectorError) {
            switch scope {
            case .everything: return observation(of: try await entries([:], operation), identities: nil)
            case .only(let identities, _, _):
                return observation(of: try await entries(of: identities, operation), identities: identities)
            }
        } catch {
            guard error.code == .incomplete else { throw error }
            return Observation(facts: [], completeness: .partial(reason: error.message))
        }
    }

    // MARK: Reading

    private func entries(_ filter: JSONValue, _ operation: String) async throws(ConnectorError) -> [JSONValue] {
        var input = filter.object ?? JSONObject()
        input["MaxResults"] = .integer(Int64(settings.pageSize))
        return try await client.listAll(.secretsManager, "ListSecrets", .object(input), list: "SecretList", operation)
    }

    /// The service finds tags' values by their beginning; what it brings besides is sorted out later.
    private func entries(
        of identities: Set<IdentityID>, _ operation: String
    ) async throws(ConnectorError) -> [JSONValue] {
        guard identities.count <= 20 else { return try await entries([:], operation) }
        var names: Set<String> = []
        for identity in identities.sorted() where !identity.isForeign {
            let listed = try await entries(
                ["Filters": [["Key": "tag-value", "Values": [.string(identity.description)]]]], operation)
            names.formUnion(listed.compactMap { $0["Name"]?.string })
            if case .workload = identity { names.insert(settings.name(ofSecretFor: identity)) }
        }
        // The list may be minutes behind what was just done; each secret by itself is not.
        var found: [JSONValue] = []
        for name in names.sorted() {
            let answer = try await client.call(
                .secretsManager, "DescribeSecret", ["SecretId": .string(name)], operation,
                tolerating: ["ResourceNotFoundException"])
            let isDeleted = SecretEntry(answer.json, settings)?.isDeleted ?? false
            if answer.refusal == nil, !isDeleted { found.append(answer.json) }
        }
        return found
    }

    private func observation(of entries: [JSONValue], identities: Set<IdentityID>?) -> Observation {
        var facts: [Fact] = []
        var findings: [String] = []
        var seen: Set<String> = []
        var ownerless = 0
        for entry in entries {
            guard let secret = SecretEntry(entry, settings) else {
                return Observation(facts: [], completeness: .partial(reason: "a secret came without its name"))
            }
            guard seen.insert(secret.name).inserted else { continue }
            guard let owner = secret.owner else {
                ownerless += 1
                continue
            }
            guard let identity = IdentityID(owner), !identity.isForeign else {
                findings.append("the secret `\(secret.name)` names an owner that is nobody's id: `\(owner)`")
                continue
            }
            guard identities?.contains(identity) ?? true else { continue }
            facts.append(.credential(secret.credential(of: identity, settings)))
            // Of a workload's its definition says how old it may get.
            if case .workload = identity { continue }
            if let age = secret.changed.map({ clock() - $0 }), age > settings.staleAfter {
                findings.append(
                    "the secret `\(secret.name)` of \(identity) is \(age.milliseconds / 86_400_000) days old")
            }
        }
        if identities == nil, ownerless > 0 {
            findings.append(
                "\(ownerless) secret\(ownerless == 1 ? " has" : "s have") no tag `\(settings.ownerTag)`: nobody would take them from a leaver"
            )
        }
        return Observation(facts: facts, completeness: .complete, findings: findings.sorted())
    }
}

/// A secret without its value.
struct SecretEntry: Hashable, Sendable {
    let name: String
    let owner: String?
    /// When the value became what it is: what Tenure wrote of it, or the last time that anything of the secret changed.
    let changed: Instant?
    /// The service keeps the day alone.
    let lastUsed: Instant?
    let hasRotation: Bool
    let isDeleted: Bool
    /// Whether its value was withdrawn: whoever takes it up has to make another.
    let isRetired: Bool
    /// Stages by version.
    let stages: [String: [String]]

    init?(_ json: JSONValue, _ settings: SecretsSettings) {
        guard let name = json["Name"]?.string else { return nil }
        self.name = name
        func tag(_ key: String) -> String? {
            (json["Tags"]?.array ?? []).first { $0["Key"]?.string == key }?["Value"]?.string
        }
        owner = tag(settings.ownerTag)
        isRetired = tag(settings.retiredTag) != nil
        func time(_ name: String) -> Instant? {
            json[name]?.double.flatMap { Instant(unixSeconds: $0) }
        }
        // A withdrawn value is older than any that is wanted.
        changed =
            isRetired
            ? Instant(milliseconds: 0)
            : tag(settings.madeTag).flatMap { Instant($0) } ?? time("LastRotatedDate") ?? time("LastChangedDate")
                ?? time("CreatedDate")
        lastUsed = time("LastAccessedDate")
        hasRotation = json["RotationEnabled"]?.bool ?? false
        isDeleted = json["DeletedDate"]?.double != nil
        let versions = json["VersionIdsToStages"] ?? json["SecretVersionsToStages"]
        var stages: [String: [String]] = [:]
        for member in versions?.object?.members ?? [] {
            stages[member.name] = member.value.array?.compactMap(\.string) ?? []
        }
        self.stages = stages
    }

    func credential(of identity: IdentityID, _ settings: SecretsSettings) -> Credential {
        // One that was made for a workload is known by the workload.
        let made = Credential(identity: identity, id: identity.description, createdAt: changed, lastUsedAt: lastUsed)
        guard settings.name(of: made) != name else { return made }
        return Credential(identity: identity, id: name, createdAt: changed, lastUsedAt: lastUsed)
    }

    func version(at stage: String) -> String? {
        stages.filter { $0.value.contains(stage) }.map(\.key).sorted().first
    }
}

extension ConnectorFactory {
    /// `connector: aws-secrets`
    public static let awsSecrets = ConnectorFactory(
        name: "aws-secrets", abilities: SecretsService.abilities, settings: SecretsSettings.schema
    ) { configuration throws(ConnectorError) in try SecretsService(configuration) }
}
