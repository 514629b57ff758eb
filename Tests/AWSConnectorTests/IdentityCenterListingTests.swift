import AWSConnector
import AccessModel
import ConnectorKit
import StrictJSON
import TestSupport
import Testing

/// Listings that are not whole, on a double that is written from the vendor's reference: moto's always are.
@Suite("Listings of Identity Center that are not whole")
struct IdentityCenterListingTests {
    private static func user(_ id: String) -> JSONValue {
        ["UserId": .string(id), "UserName": .string("name-\(id)"), "UserType": "tenure:mountainlab"]
    }

    /// One user in one group, two members of it: what each operation answers.
    private static let whole: [String: JSONValue] = [
        "ListUsers": ["Users": [user("u-1")]],
        "ListGroups": ["Groups": [["GroupId": "g-1", "DisplayName": "payments-live-readers"]]],
        "ListGroupMemberships": [
            "GroupMemberships": [
                ["MembershipId": "m-1", "GroupId": "g-1", "MemberId": ["UserId": "u-1"]],
                ["MembershipId": "m-2", "GroupId": "g-1", "MemberId": ["UserId": "u-2"]],
            ]
        ],
        "ListPermissionSets": ["PermissionSets": []],
    ]

    private func observe(_ changed: [String: JSONValue]) async throws -> Observation {
        let answers = Self.whole.merging(changed) { $1 }
        let double = try HTTPDouble { request in
            let name = request.headers["x-amz-target"]?.split(separator: ".").last.map(String.init) ?? ""
            guard let answer = answers[name] else {
                return HTTPDouble.Response(400, body: #"{"__type":"ResourceNotFoundException","Message":"none"}"#)
            }
            return HTTPDouble.Response(200, body: answer.compactText)
        }
        defer { double.stop() }
        let connector = try IdentityCenter(
            awsConfiguration(
                [
                    "region": "eu-west-1", "endpoint": .string(double.url), "accounts": MotoServer.accounts,
                    "instance_arn": "arn:aws:sso:::instance/ssoins-1234567890abcdef",
                    "identity_store_id": "d-1234567890",
                    "permission_sets": ["reader": ["managed_policies": ["arn:aws:iam::aws:policy/ReadOnlyAccess"]]],
                ], credential: "[default]\naws_access_key_id = AKIA1\naws_secret_access_key = secret-1\n"))
        let seen = try await connector.observe(.everything)
        await connector.close()
        return seen
    }

    private func expectPartial(_ changed: [String: JSONValue], _ words: String) async throws {
        let seen = try await observe(changed)
        guard case .partial(let reason) = seen.completeness else {
            Issue.record("called complete, for \(words)")
            return
        }
        #expect(reason.contains(words), "\(reason)")
        #expect(seen.facts.isEmpty)
    }

    @Test("who is in a group and was not listed is there: the listing ended early")
    func endedEarly() async throws {
        try await expectPartial(["DescribeUser": Self.user("u-2")], "the user u-2 is there, and was not listed")
        let held: JSONValue = [
            "AccountAssignments": [
                [
                    "AccountId": "111111111111", "PermissionSetArn": "arn:ps", "PrincipalType": "GROUP",
                    "PrincipalId": "g-2",
                ]
            ]
        ]
        try await expectPartial(
            [
                "ListPermissionSets": ["PermissionSets": ["arn:ps"]], "ListAccountAssignments": held,
                "DescribePermissionSet": ["PermissionSet": ["Name": "others"]],
                "DescribeGroup": ["GroupId": "g-2", "DisplayName": "others"],
            ], "the group g-2 is there, and was not listed")
    }

    @Test("who is in a group and is gone by now is a finding")
    func gone() async throws {
        let seen = try await observe([:])
        #expect(seen.completeness == .complete)
        #expect(seen.facts.count == 3)
        #expect(seen.findings.contains { $0.contains("cannot be resolved: u-2") })
    }

    @Test("pages that lead nowhere, or in circles, are no listing")
    func pages() async throws {
        try await expectPartial(["ListUsers": ["NextToken": "t"]], "a page has no `Users`")
        try await expectPartial(
            ["ListUsers": ["Users": [Self.user("u-1")], "NextToken": "t"]], "leads back to an earlier one")
    }
}
