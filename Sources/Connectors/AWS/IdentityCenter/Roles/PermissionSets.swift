import AccessModel
import ConnectorKit
import StrictJSON

/// A permission set that is there.
struct PermissionSet: Hashable, Sendable {
    let arn: String
    let name: String
    let session: Span?
    let isOwn: Bool
}

/// The permission sets: one for each role that the settings define, made and kept as they say. Others' are only read.
actor PermissionSets {
    private let instance: SSOInstance
    private let definitions: [String: PermissionSetDefinition]
    private let owner: String
    private let turnstile = Turnstile()
    /// By role; seen to be as defined. Settings do not change while a connector lives.
    private var kept: [String: String] = [:]

    init(_ instance: SSOInstance, _ settings: IdentityCenterSettings) {
        self.instance = instance
        definitions = settings.permissionSets
        owner = settings.owner
    }

    private static let absent: Set<String> = ["ResourceNotFoundException"]

    /// Every permission set of the instance.
    func all(_ operation: String) async throws(ConnectorError) -> [PermissionSet] {
        let arns = try await instance.list("ListPermissionSets", [:], "PermissionSets", operation).compactMap(\.string)
        let instance = instance
        let owner = owner
        return try await arns.concurrentMap(limit: 4) { arn throws(ConnectorError) in
            let answer = try await instance.call(
                "DescribePermissionSet", ["PermissionSetArn": .string(arn)], operation, tolerating: Self.absent)
            guard answer.refusal == nil else { return [PermissionSet]() }
            let set = answer.json["PermissionSet"]
            guard let name = set?["Name"]?.string else {
                throw ConnectorError(
                    code: .incomplete, operation: operation, message: "a permission set came without its name")
            }
            let words = (set?["Description"]?.string ?? "").split(separator: " ")
            return [
                PermissionSet(
                    arn: arn, name: name, session: set?["SessionDuration"]?.string.flatMap { Span($0) },
                    isOwn: words.contains(owner[...]))
            ]
        }.flatMap { $0 }
    }

    /// The ARN of a role's permission set where there is one already.
    func find(_ definition: PermissionSetDefinition, _ operation: String) async throws(ConnectorError) -> String? {
        if let arn = kept[definition.role] { return arn }
        return try await own(definition, operation)?.arn
    }

    private func own(
        _ definition: PermissionSetDefinition, _ operation: String
    ) async throws(ConnectorError) -> PermissionSet? {
        guard let set = try await all(operation).first(where: { $0.name == definition.name }) else { return nil }
        guard set.isOwn else {
            throw ConnectorError(
                code: .conflict, operation: operation,
                message: "the permission set `\(set.name)` is not Tenure's: its description lacks `\(owner)`")
        }
        return set
    }

    /// The ARN of a role's permission set, made if need be, and brought to what the settings say.
    func ensure(_ definition: PermissionSetDefinition, _ operation: String) async throws(ConnectorError) -> String {
        if let arn = kept[definition.role] { return arn }
        let arn = try await turnstile.pass(definition.role) { () async throws(ConnectorError) -> String in
            if let arn = await self.kept[definition.role] { return arn }
            let arn = try await self.makeAsDefined(definition, operation)
            await self.keep(arn, for: definition.role)
            return arn
        }
        return arn
    }

    private func keep(_ arn: String, for role: String) { kept[role] = arn }

    /// Looks again the next time.
    func forget() { kept = [:] }

    private func makeAsDefined(
        _ definition: PermissionSetDefinition, _ operation: String
    ) async throws(ConnectorError) -> String {
        let arn: String
        var isChanged = false
        if let set = try await own(definition, operation) {
            arn = set.arn
            if set.session != definition.session {
                _ = try await instance.call(
                    "UpdatePermissionSet",
                    [
                        "PermissionSetArn": .string(arn), "SessionDuration": .string(definition.sessionText),
                        "Description": .string(description(definition)),
                    ], operation)
                isChanged = true
            }
        } else {
            arn = try await create(definition, operation)
        }
        if try await bringPolicies(of: arn, to: definition, operation) { isChanged = true }
        // What an earlier attempt changed and did not bring to its end is brought now.
        try await provision(arn, isChanged ? .all : .outdated, operation)
        return arn
    }

    private func description(_ definition: PermissionSetDefinition) -> String {
        "\(owner) what a \(definition.role) may do; changed by Tenure alone"
    }

    private func create(
        _ definition: PermissionSetDefinition, _ operation: String
    ) async throws(ConnectorError) -> String {
        let answer = try await instance.call(
            "CreatePermissionSet",
            [
                "Name": .string(definition.name), "Description": .string(description(definition)),
                "SessionDuration": .string(definition.sessionText),
                "Tags": [["Key": "tenure:owner", "Value": .string(String(owner.dropFirst("tenure:".count)))]],
            ], operation)
        guard let arn = answer.json["PermissionSet"]?["PermissionSetArn"]?.string else {
            throw ConnectorError(
                code: .targetFailure, operation: operation, message: "the new permission set has no ARN")
        }
        return arn
    }

    /// Whether anything had to be changed. Policies that the settings do not name go: the set is Tenure's.
    private func bringPolicies(
        of arn: String, to definition: PermissionSetDefinition, _ operation: String
    ) async throws(ConnectorError) -> Bool {
        let attached = try await policies(of: arn, operation)
        let wanted = Set(definition.managedPolicies)
        for policy in wanted.subtracting(attached).sorted() {
            _ = try await instance.call(
                "AttachManagedPolicyToPermissionSet",
                ["PermissionSetArn": .string(arn), "ManagedPolicyArn": .string(policy)], operation,
                tolerating: ["ConflictException"])
        }
        for policy in attached.subtracting(wanted).sorted() {
            _ = try await instance.call(
                "DetachManagedPolicyFromPermissionSet",
                ["PermissionSetArn": .string(arn), "ManagedPolicyArn": .string(policy)], operation,
                tolerating: Self.absent)
        }
        return attached != wanted
    }

    func policies(of arn: String, _ operation: String) async throws(ConnectorError) -> Set<String> {
        let entries = try await instance.list(
            "ListManagedPoliciesInPermissionSet", ["PermissionSetArn": .string(arn)], "AttachedManagedPolicies",
            operation)
        return Set(entries.compactMap { $0["Arn"]?.string })
    }

    /// What has to be in some account for a set to be provisioned.
    enum Provisioned: Sendable {
        /// The set, whichever state of it.
        case all
        /// An earlier state of it.
        case outdated
    }

    /// Brings a changed set to the accounts where it is in use. Where it is in none there is nothing to bring.
    func provision(_ arn: String, _ which: Provisioned, _ operation: String) async throws(ConnectorError) {
        var question: [String: JSONValue] = ["PermissionSetArn": .string(arn)]
        if which == .outdated { question["ProvisioningStatus"] = "LATEST_PERMISSION_SET_NOT_PROVISIONED" }
        let accounts = try await instance.list(
            "ListAccountsForProvisionedPermissionSet", question, "AccountIds", operation, tolerating: Self.absent)
        guard !accounts.isEmpty else { return }
        let answer = try await instance.call(
            "ProvisionPermissionSet", ["PermissionSetArn": .string(arn), "TargetType": "ALL_PROVISIONED_ACCOUNTS"],
            operation)
        try await InstanceOperation.provisioning.settle(answer.json, instance, operation)
    }

    /// What differs from the settings, in words.
    func findings(_ sets: [PermissionSet], _ operation: String) async throws(ConnectorError) -> [String] {
        var findings: [String] = []
        for definition in definitions.values.sorted(by: { $0.role < $1.role }) {
            guard let set = sets.first(where: { $0.name == definition.name }) else { continue }
            guard set.isOwn else {
                findings.append("the permission set `\(set.name)` is not Tenure's, though the settings name it")
                continue
            }
            var differences: [String] = []
            if let session = set.session, session != definition.session {
                differences.append("its sessions last \(session) and not \(definition.session)")
            }
            let attached = try await policies(of: set.arn, operation)
            let surplus = attached.subtracting(definition.managedPolicies).sorted()
            if !surplus.isEmpty { differences.append("it has \(surplus.joined(separator: ", ")) besides") }
            let missing = Set(definition.managedPolicies).subtracting(attached).sorted()
            if !missing.isEmpty { differences.append("it lacks \(missing.joined(separator: ", "))") }
            guard !differences.isEmpty else { continue }
            kept[definition.role] = nil
            findings.append(
                "the permission set `\(set.name)` was changed: \(differences.joined(separator: "; ")); the next assignment "
                    + "of the role puts it right")
        }
        return findings
    }
}
