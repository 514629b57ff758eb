import AccessModel
import ConnectorKit
import StrictJSON

/// That a principal holds a permission set in an account.
struct AccountAssignment: Hashable, Sendable {
    enum Principal: String, Sendable {
        case user = "USER"
        case group = "GROUP"
    }

    let account: String
    let permissionSet: String
    let kind: Principal
    let principal: String

    init(account: String, permissionSet: String, kind: Principal, principal: String) {
        self.account = account
        self.permissionSet = permissionSet
        self.kind = kind
        self.principal = principal
    }

    init?(_ json: JSONValue) {
        guard let account = json["AccountId"]?.string, let set = json["PermissionSetArn"]?.string,
            let kind = json["PrincipalType"]?.string.flatMap(Principal.init(rawValue:)),
            let principal = json["PrincipalId"]?.string
        else { return nil }
        self.init(account: account, permissionSet: set, kind: kind, principal: principal)
    }
}

/// Reads and changes account assignments. What is changed is followed to its end.
struct AccountAssignments: Sendable {
    let instance: SSOInstance
    /// The numbers of those in the settings.
    let accounts: [String]

    /// Everything that holds in an account through one permission set.
    func all(
        in account: String, of permissionSet: String, _ operation: String
    ) async throws(ConnectorError) -> [AccountAssignment] {
        let entries = try await instance.list(
            "ListAccountAssignments",
            ["AccountId": .string(account), "PermissionSetArn": .string(permissionSet)], "AccountAssignments",
            operation,
            tolerating: ["ResourceNotFoundException"])
        return try read(entries, operation)
    }

    /// What a principal holds by itself, in all accounts.
    ///
    /// The service answers that to the management account alone. Anybody else who may list asks account by account, and learns
    /// of no account but those in the settings.
    func all(
        of kind: AccountAssignment.Principal, _ principal: String, _ operation: String
    ) async throws(ConnectorError) -> [AccountAssignment] {
        let held: [AccountAssignment]
        do throws(ConnectorError) {
            let entries = try await instance.list(
                "ListAccountAssignmentsForPrincipal",
                ["PrincipalId": .string(principal), "PrincipalType": .string(kind.rawValue)], "AccountAssignments",
                operation,
                tolerating: ["ResourceNotFoundException"])
            held = try read(entries, operation)
        } catch {
            guard error.code == .forbidden else { throw error }
            held = try await everything(operation)
        }
        // For a user, what its groups hold comes along.
        return held.filter { $0.kind == kind && $0.principal == principal }
    }

    /// What anybody holds in the accounts of the settings.
    private func everything(_ operation: String) async throws(ConnectorError) -> [AccountAssignment] {
        let sets = try await instance.list("ListPermissionSets", [:], "PermissionSets", operation).compactMap(\.string)
        let pairs = accounts.flatMap { account in sets.map { (account, $0) } }
        return try await pairs.concurrentMap(limit: 4) { pair throws(ConnectorError) in
            try await all(in: pair.0, of: pair.1, operation)
        }.flatMap { $0 }
    }

    private func read(_ entries: [JSONValue], _ operation: String) throws(ConnectorError) -> [AccountAssignment] {
        var assignments: [AccountAssignment] = []
        for entry in entries {
            guard let assignment = AccountAssignment(entry) else {
                throw ConnectorError(
                    code: .incomplete, operation: operation,
                    message: "an account assignment came without all of its parts")
            }
            assignments.append(assignment)
        }
        return assignments
    }

    func create(_ assignment: AccountAssignment, _ operation: String) async throws(ConnectorError) {
        let answer = try await instance.call("CreateAccountAssignment", input(assignment), operation)
        try await InstanceOperation.creation.settle(answer.json, instance, operation)
    }

    /// What is not there is gone already.
    func delete(_ assignment: AccountAssignment, _ operation: String) async throws(ConnectorError) {
        let answer = try await instance.call(
            "DeleteAccountAssignment", input(assignment), operation, tolerating: ["ResourceNotFoundException"])
        guard answer.refusal == nil else { return }
        try await InstanceOperation.deletion.settle(answer.json, instance, operation)
    }

    private func input(_ assignment: AccountAssignment) -> [String: JSONValue] {
        [
            "TargetId": .string(assignment.account), "TargetType": "AWS_ACCOUNT",
            "PermissionSetArn": .string(assignment.permissionSet),
            "PrincipalType": .string(assignment.kind.rawValue), "PrincipalId": .string(assignment.principal),
        ]
    }
}
