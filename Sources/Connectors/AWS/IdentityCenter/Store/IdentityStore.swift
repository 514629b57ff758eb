import AccessModel
import ConnectorKit
import StrictJSON

/// The identity store: users, groups, and who is in which.
struct IdentityStore: Sendable {
    let client: AWSClient
    let id: String
    let pageSize: Int

    private static let absent = "ResourceNotFoundException"

    private func call(
        _ name: String, _ input: JSONValue, _ operation: String, tolerating tolerated: Set<String> = []
    ) async throws(ConnectorError) -> AWSClient.Answer {
        try await client.call(.identityStore, name, with(input), operation, tolerating: tolerated)
    }

    private func with(_ input: JSONValue) -> JSONValue {
        var object = input.object ?? JSONObject()
        object["IdentityStoreId"] = .string(id)
        return .object(object)
    }

    private func list<Element>(
        _ name: String, _ input: JSONValue, _ list: String, _ operation: String, tolerating tolerated: Set<String> = [],
        _ read: (JSONValue) -> Element?
    ) async throws(ConnectorError) -> [Element] {
        var input = with(input).object ?? JSONObject()
        input["MaxResults"] = .integer(Int64(pageSize))
        let entries = try await client.listAll(
            .identityStore, name, .object(input), list: list, operation, tolerating: tolerated)
        var elements: [Element] = []
        elements.reserveCapacity(entries.count)
        for entry in entries {
            guard let element = read(entry) else {
                throw ConnectorError(
                    code: .incomplete, operation: operation,
                    message: "\(name): an entry came without its id or its name")
            }
            elements.append(element)
        }
        return elements
    }

    private func read<Element>(
        _ answer: AWSClient.Answer, _ operation: String, _ read: (JSONValue) -> Element?
    ) throws(ConnectorError) -> Element? {
        guard answer.refusal == nil else { return nil }
        guard let element = read(answer.json) else {
            throw ConnectorError(
                code: .targetFailure, operation: operation, message: "an answer lacks an id or a name")
        }
        return element
    }

    // MARK: Users

    func users(_ operation: String) async throws(ConnectorError) -> [StoreUser] {
        try await list("ListUsers", [:], "Users", operation) { StoreUser($0) }
    }

    /// Reaches the store, and reads at most one user.
    func probe(_ operation: String) async throws(ConnectorError) {
        _ = try await call("ListUsers", ["MaxResults": 1], operation)
    }

    func user(_ userID: String, _ operation: String) async throws(ConnectorError) -> StoreUser? {
        let answer = try await call("DescribeUser", ["UserId": .string(userID)], operation, tolerating: [Self.absent])
        return try read(answer, operation) { StoreUser($0) }
    }

    /// The user of that name, exactly.
    func user(named name: String, _ operation: String) async throws(ConnectorError) -> StoreUser? {
        try await user(where: "userName", name, operation)
    }

    /// The user of that address. The store may compare case; addresses are kept in lower case here.
    func user(at address: String, _ operation: String) async throws(ConnectorError) -> StoreUser? {
        let folded = foldedASCII(address)
        if let user = try await user(where: "emails.value", folded, operation) { return user }
        return folded == address ? nil : try await user(where: "emails.value", address, operation)
    }

    /// The user that an identity provider knows by that id.
    func user(
        externalID: String, issuer: String, _ operation: String
    ) async throws(ConnectorError) -> StoreUser? {
        try await user(["ExternalId": ["Issuer": .string(issuer), "Id": .string(externalID)]], operation)
    }

    private func user(
        where path: String, _ value: String, _ operation: String
    ) async throws(ConnectorError) -> StoreUser? {
        guard StoreText.isValid(value) else { return nil }
        return try await user(
            ["UniqueAttribute": ["AttributePath": .string(path), "AttributeValue": .string(value)]], operation)
    }

    private func user(_ identifier: JSONValue, _ operation: String) async throws(ConnectorError) -> StoreUser? {
        let answer = try await call(
            "GetUserId", ["AlternateIdentifier": identifier], operation, tolerating: [Self.absent])
        guard let userID = try read(answer, operation, { $0["UserId"]?.string }) else { return nil }
        return try await user(userID, operation)
    }

    /// The id of the new user.
    func createUser(_ attributes: JSONValue, _ operation: String) async throws(ConnectorError) -> String {
        let answer = try await call("CreateUser", attributes, operation)
        guard let userID = answer.json["UserId"]?.string else {
            throw ConnectorError(code: .targetFailure, operation: operation, message: "the new user has no id")
        }
        return userID
    }

    func updateUser(
        _ userID: String, _ operations: [JSONValue], _ operation: String
    ) async throws(ConnectorError) -> String? {
        try await call("UpdateUser", ["UserId": .string(userID), "Operations": .array(operations)], operation).requestID
    }

    /// The request's id, where there was something to delete.
    func deleteUser(_ userID: String, _ operation: String) async throws(ConnectorError) -> String? {
        try await call("DeleteUser", ["UserId": .string(userID)], operation, tolerating: [Self.absent]).requestID
    }

    // MARK: Groups

    func groups(_ operation: String) async throws(ConnectorError) -> [StoreGroup] {
        try await list("ListGroups", [:], "Groups", operation) { StoreGroup($0) }
    }

    func group(_ groupID: String, _ operation: String) async throws(ConnectorError) -> StoreGroup? {
        let answer = try await call(
            "DescribeGroup", ["GroupId": .string(groupID)], operation, tolerating: [Self.absent])
        return try read(answer, operation) { StoreGroup($0) }
    }

    func group(named name: String, _ operation: String) async throws(ConnectorError) -> StoreGroup? {
        guard StoreText.isValid(name) else { return nil }
        let answer = try await call(
            "GetGroupId",
            [
                "AlternateIdentifier": [
                    "UniqueAttribute": ["AttributePath": "displayName", "AttributeValue": .string(name)]
                ]
            ], operation, tolerating: [Self.absent])
        guard let groupID = try read(answer, operation, { $0["GroupId"]?.string }) else { return nil }
        return try await group(groupID, operation)
    }

    func createGroup(
        _ name: String, description: String, _ operation: String
    ) async throws(ConnectorError) -> AWSClient.Answer {
        try await call(
            "CreateGroup", ["DisplayName": .string(name), "Description": .string(description)], operation,
            tolerating: ["ConflictException"])
    }

    func describe(_ groupID: String, as description: String, _ operation: String) async throws(ConnectorError) {
        let change: JSONValue = ["AttributePath": "description", "AttributeValue": .string(description)]
        _ = try await call("UpdateGroup", ["GroupId": .string(groupID), "Operations": .array([change])], operation)
    }

    func deleteGroup(_ groupID: String, _ operation: String) async throws(ConnectorError) -> String? {
        try await call("DeleteGroup", ["GroupId": .string(groupID)], operation, tolerating: [Self.absent]).requestID
    }

    // MARK: Memberships

    func memberships(ofGroup groupID: String, _ operation: String) async throws(ConnectorError) -> [StoreMembership] {
        try await list(
            "ListGroupMemberships", ["GroupId": .string(groupID)], "GroupMemberships", operation,
            tolerating: [Self.absent]
        ) { StoreMembership($0) }
    }

    func memberships(ofUser userID: String, _ operation: String) async throws(ConnectorError) -> [StoreMembership] {
        try await list(
            "ListGroupMembershipsForMember", ["MemberId": ["UserId": .string(userID)]], "GroupMemberships", operation,
            tolerating: [Self.absent]
        ) { StoreMembership($0) }
    }

    /// The id of the membership; nil where there is none.
    func membership(
        of userID: String, in groupID: String, _ operation: String
    ) async throws(ConnectorError) -> String? {
        let answer = try await call(
            "GetGroupMembershipId", ["GroupId": .string(groupID), "MemberId": ["UserId": .string(userID)]], operation,
            tolerating: [Self.absent])
        return try read(answer, operation) { $0["MembershipId"]?.string }
    }

    /// A conflict means that it is there.
    func createMembership(
        of userID: String, in groupID: String, _ operation: String
    ) async throws(ConnectorError) -> AWSClient.Answer {
        try await call(
            "CreateGroupMembership", ["GroupId": .string(groupID), "MemberId": ["UserId": .string(userID)]], operation,
            tolerating: ["ConflictException"])
    }

    func deleteMembership(_ membershipID: String, _ operation: String) async throws(ConnectorError) -> String? {
        try await call(
            "DeleteGroupMembership", ["MembershipId": .string(membershipID)], operation, tolerating: [Self.absent]
        ).requestID
    }
}

/// What texts the store takes.
enum StoreText {
    static func isValid(_ text: String, maximum: Int = 1_024) -> Bool {
        let scalars = text.unicodeScalars
        guard !scalars.isEmpty, scalars.count <= maximum else { return false }
        return scalars.allSatisfy { scalar in
            switch scalar.properties.generalCategory {
            case .control: scalar == "\t" || scalar == "\n" || scalar == "\r"
            case .spaceSeparator: scalar == " " || scalar == "\u{A0}" || scalar == "\u{3000}"
            case .lineSeparator, .paragraphSeparator, .format, .surrogate, .privateUse, .unassigned: false
            default: true
            }
        }
    }
}

/// In lower case where that is ASCII's business.
func foldedASCII(_ text: String) -> String {
    String(decoding: text.utf8.map { $0 >= 0x41 && $0 <= 0x5A ? $0 + 32 : $0 }, as: UTF8.self)
}
