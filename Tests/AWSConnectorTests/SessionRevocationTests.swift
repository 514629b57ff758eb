import AccessModel
import ConnectorKit
import Foundation
import StrictJSON
import Synchronization
import TestSupport
import Testing

@testable import AWSConnector

/// A policy has room for so much; a revocation finds some all the same.
@Suite struct SessionRevocationTests {
    private static let start = Instant(milliseconds: 1_795_000_000_000)
    private static let others: JSONValue = ["Sid": "Theirs", "Effect": "Allow", "Action": "s3:*", "Resource": "*"]

    private func user(_ number: Int) -> String { "0123456789-aaaaaaaa-bbbb-cccc-dddd-\(100_000_000_000 + number)" }

    /// Whether tokens of the user from before `moment` are denied.
    private func isDenied(_ user: String, _ policy: String, _ moment: Instant) throws -> Bool {
        try statements(policy).contains { statement in
            guard statement["Effect"] == "Deny",
                let before = statement["Condition"]?["DateLessThan"]?["aws:TokenIssueTime"]?.string
            else { return false }
            let named = statement["Condition"]?["StringEquals"]?["identitystore:UserId"]
            let users = named?.array?.compactMap(\.string) ?? named?.string.map { [$0] }
            return Instant(before).map { moment < $0 } ?? false && users?.contains(user) ?? true
        }
    }

    private func statements(_ policy: String) throws -> [JSONValue] {
        try JSONParser.parse(policy)["Statement"]?.array ?? []
    }

    @Test("however many leave on one day, nobody's sessions go on") func room() throws {
        var policy = JSONValue.object(JSONObject([.init(name: "Statement", value: .array([Self.others]))])).compactText
        var left: [String] = []
        var forms: Set<String> = []
        for number in 0..<1_500 {
            let now = Self.start + .seconds(Int64(number))
            policy = try SessionRevocation.adding(user(number), at: now, to: policy, "revoke")
            left.append(user(number))
            // The vendor's quota; written here by hand.
            #expect(policy.utf8.count { $0 > 0x20 } <= 10_240)
            let own = try statements(policy).compactMap { $0["Sid"]?.string }.filter { $0 != "Theirs" }
            #expect(Set(own).count == own.count, "names stand for one statement each")
            forms.formUnion(own.filter { $0.hasSuffix("Several") || $0.hasSuffix("Everybody") })
            guard number.isMultiple(of: 100) || number > 1_490 else { continue }
            for gone in left { #expect(try isDenied(gone, policy, Self.start - .seconds(1)), "\(gone) at \(number)") }
        }
        #expect(forms == ["TenureRevokedSeveral", "TenureRevokedEverybody"])
        #expect(try statements(policy).contains(Self.others))
        #expect(try !isDenied(user(2_000), policy, Self.start + .seconds(2_000)), "who signs in anew is let in")
        // Half a day later nothing of it denies anybody.
        let later = try SessionRevocation.adding(user(1), at: Self.start + .hours(13), to: policy, "revoke")
        #expect(try statements(later).count == 2)
    }

    @Test("while there is room, nobody else is concerned") func one() throws {
        let policy = try SessionRevocation.adding(user(1), at: Self.start, to: "", "revoke")
        #expect(try isDenied(user(1), policy, Self.start - .seconds(1)))
        #expect(try !isDenied(user(2), policy, Self.start - .seconds(1)))
        #expect(try SessionRevocation.adding(user(1), at: Self.start, to: policy, "revoke") == policy)
    }

    /// A permission set whose inline policy somebody else writes at the same time, as it looked before.
    private final class SharedSet: Sendable {
        private struct State {
            var policy = ""
            var overwrites: Int
        }

        private let state: Mutex<State>

        init(overwrites: Int) { state = Mutex(State(overwrites: overwrites)) }

        var policy: String { state.withLock { $0.policy } }

        func answer(_ request: HTTPDouble.Request) -> HTTPDouble.Response {
            let name = request.headers["x-amz-target"]?.split(separator: ".").last.map(String.init) ?? ""
            let answer: JSONValue
            switch name {
            case "ListPermissionSets": answer = ["PermissionSets": ["arn:ps"]]
            case "DescribePermissionSet":
                answer = [
                    "PermissionSet": ["Name": "tenure-mountainlab-reader", "Description": "tenure:mountainlab reader"]
                ]
            case "GetInlinePolicyForPermissionSet": answer = ["InlinePolicy": .string(policy)]
            case "PutInlinePolicyToPermissionSet":
                put((try? JSONParser.parse(request.body))?["InlinePolicy"]?.string ?? "")
                answer = [:]
            case "ListAccountsForProvisionedPermissionSet": answer = ["AccountIds": []]
            default: return HTTPDouble.Response(400, body: #"{"__type":"ValidationException","Message":"what?"}"#)
            }
            return HTTPDouble.Response(200, body: answer.compactText)
        }

        private func put(_ policy: String) {
            state.withLock { state in
                guard state.overwrites > 0 else {
                    state.policy = policy
                    return
                }
                state.overwrites -= 1
                let other = try? SessionRevocation.adding("u-other", at: Self.now, to: state.policy, "another's")
                state.policy = other ?? policy
            }
        }

        private static var now: Instant { Instant(milliseconds: Int64(Date().timeIntervalSince1970 * 1_000)) }
    }

    @Test("a denial that somebody else wrote over is a conflict, and the next attempt makes it") func overwritten()
        async throws
    {
        let set = SharedSet(overwrites: 1)
        let double = try HTTPDouble { set.answer($0) }
        defer { double.stop() }
        let connector = try IdentityCenter(
            awsConfiguration(
                [
                    "region": "eu-west-1", "endpoint": .string(double.url), "accounts": MotoServer.accounts,
                    "instance_arn": "arn:aws:sso:::instance/ssoins-1234567890abcdef",
                    "identity_store_id": "d-1234567890",
                    "permission_sets": ["reader": ["managed_policies": ["arn:aws:iam::aws:policy/ReadOnlyAccess"]]],
                ], credential: "[default]\naws_access_key_id = AKIA1\naws_secret_access_key = secret-1\n"))
        let revocation = connector.revocation
        let error = await #expect(throws: ConnectorError.self) { try await revocation.revoke("u-1", "revoke") }
        #expect(error?.code == .conflict)
        #expect(error?.isRetryable == true)
        #expect(try await !revocation.isDenied("u-1", "look"))
        #expect(try await revocation.revoke("u-1", "revoke") == 1)
        for user in ["u-1", "u-other"] {
            #expect(try isDenied(user, set.policy, Self.start))
            #expect(try await revocation.isDenied(user, "look"))
        }
        await connector.close()
    }

    @Test("what was denied before has to be denied after, by whichever statement") func coverage() {
        let early = SessionDenial(users: ["a", "b"], moment: Self.start)
        let late = Self.start + .seconds(1)
        #expect(
            early.isCovered(by: [SessionDenial(users: ["a"], moment: late), SessionDenial(users: ["b"], moment: late)]))
        #expect(early.isCovered(by: [SessionDenial(users: [], moment: Self.start)]))
        #expect(!early.isCovered(by: [SessionDenial(users: ["a"], moment: late)]))
        #expect(!early.isCovered(by: [SessionDenial(users: ["a", "b"], moment: Self.start - .seconds(1))]))
        #expect(!SessionDenial(users: [], moment: Self.start).isCovered(by: [early]))
    }
}
