import AccessModel
import ConnectorKit

/// A role of the account.
struct IAMRole: Hashable, Sendable {
    let name: String
    let path: String
    let boundary: String?
    let trust: TrustPolicy
    let maximumSession: Span?

    init(_ element: XMLElement, _ operation: String) throws(ConnectorError) {
        guard let name = element.text("RoleName"), let path = element.text("Path"),
            let document = element.text("AssumeRolePolicyDocument")
        else {
            throw ConnectorError(
                code: .incomplete, operation: operation, message: "a role came without its name or its trust policy")
        }
        self.name = name
        self.path = path
        boundary = element.text("PermissionsBoundary", "PermissionsBoundaryArn")
        trust = try TrustPolicy(document, operation)
        maximumSession = element.text("MaxSessionDuration").flatMap { Int64($0) }.map { .seconds($0) }
    }
}

/// A user of the account, who stays until somebody deletes it.
struct IAMUser: Hashable, Sendable {
    let name: String
    let created: Instant?
    let passwordLastUsed: Instant?
}

/// IAM, as far as it is asked here.
struct IAMService: Sendable {
    let client: AWSClient
    let pageSize: Int

    static let absent: Set<String> = ["NoSuchEntity"]

    func call(
        _ name: String, _ fields: [(String, String)], _ operation: String, tolerating tolerated: Set<String> = []
    ) async throws(ConnectorError) -> AWSClient.XMLAnswer {
        try await client.query(
            .iam, name, fields.map { HTTPRequest.Field($0.0, $0.1) }, operation, tolerating: tolerated)
    }

    func list(
        _ name: String, _ fields: [(String, String)], _ list: String, _ operation: String,
        tolerating tolerated: Set<String> = []
    ) async throws(ConnectorError) -> [XMLElement] {
        try await client.listAll(
            .iam, name, (fields + [("MaxItems", String(pageSize))]).map { HTTPRequest.Field($0.0, $0.1) }, list: list,
            operation, tolerating: tolerated)
    }

    // MARK: Roles

    /// Boundaries are not part of this listing; ``role(_:_:)`` has them.
    func roles(under path: String, _ operation: String) async throws(ConnectorError) -> [IAMRole] {
        var roles: [IAMRole] = []
        for element in try await list("ListRoles", [("PathPrefix", path)], "Roles", operation) {
            roles.append(try IAMRole(element, operation))
        }
        return roles
    }

    func role(_ name: String, _ operation: String) async throws(ConnectorError) -> IAMRole? {
        let answer = try await call("GetRole", [("RoleName", name)], operation, tolerating: Self.absent)
        guard answer.refusal == nil else { return nil }
        guard let element = answer.result["Role"] else {
            throw ConnectorError(code: .targetFailure, operation: operation, message: "the answer has no role")
        }
        return try IAMRole(element, operation)
    }

    func attachedPolicies(ofRole name: String, _ operation: String) async throws(ConnectorError) -> Set<String> {
        let entries = try await list(
            "ListAttachedRolePolicies", [("RoleName", name)], "AttachedPolicies", operation, tolerating: Self.absent)
        return Set(entries.compactMap { $0.text("PolicyArn") })
    }

    func inlinePolicies(ofRole name: String, _ operation: String) async throws(ConnectorError) -> [String] {
        try await list("ListRolePolicies", [("RoleName", name)], "PolicyNames", operation, tolerating: Self.absent)
            .map(\.text)
    }

    // MARK: Issuers

    struct Provider: Hashable, Sendable {
        let audiences: Set<String>
        let owner: String?
    }

    func providers(_ operation: String) async throws(ConnectorError) -> [String] {
        let answer = try await call("ListOpenIDConnectProviders", [], operation)
        guard let list = answer.result.members("OpenIDConnectProviderList") else {
            throw ConnectorError(
                code: .incomplete, operation: operation, message: "ListOpenIDConnectProviders: there is no list")
        }
        return list.compactMap { $0.text("Arn") }
    }

    func provider(_ arn: String, _ operation: String) async throws(ConnectorError) -> Provider? {
        let answer = try await call(
            "GetOpenIDConnectProvider", [("OpenIDConnectProviderArn", arn)], operation, tolerating: Self.absent)
        guard answer.refusal == nil else { return nil }
        let audiences = answer.result.members("ClientIDList") ?? []
        return Provider(audiences: Set(audiences.map(\.text)), owner: Self.tag("tenure:owner", answer.result))
    }

    // MARK: Users

    func users(_ operation: String) async throws(ConnectorError) -> [IAMUser] {
        var users: [IAMUser] = []
        for element in try await list("ListUsers", [], "Users", operation) {
            guard let name = element.text("UserName") else {
                throw ConnectorError(code: .incomplete, operation: operation, message: "a user came without its name")
            }
            users.append(
                IAMUser(
                    name: name, created: element.text("CreateDate").flatMap { Instant($0) },
                    passwordLastUsed: element.text("PasswordLastUsed").flatMap { Instant($0) }))
        }
        return users
    }

    func identityTag(ofUser name: String, _ operation: String) async throws(ConnectorError) -> String? {
        let tags = try await list("ListUserTags", [("UserName", name)], "Tags", operation, tolerating: Self.absent)
        return tags.first { $0.text("Key") == "tenure:identity" }?.text("Value")
    }

    /// The first value of a tag.
    static func tag(_ key: String, _ element: XMLElement) -> String? {
        element.members("Tags")?.first { $0.text("Key") == key }?.text("Value")
    }

    // MARK: Sessions

    static let revocationPolicy = "TenureRevokeOlderSessions"

    /// Denies everything to sessions that were issued before a moment: the vendor's own way to end them.
    static func revocation(before moment: Instant) -> String {
        let rounded = Instant(milliseconds: (moment.milliseconds + 999) / 1_000 * 1_000)
        let policy: [(String, String)] = [("aws:TokenIssueTime", rounded.description)]
        let pairs = policy.map { "\"\($0.0)\":\"\($0.1)\"" }.joined()
        return
            #"{"Version":"2012-10-17","Statement":[{"Sid":"TenureRevoked","Effect":"Deny","Action":"*","Resource":"*","#
            + #""Condition":{"DateLessThan":{\#(pairs)}}}]}"#
    }
}
