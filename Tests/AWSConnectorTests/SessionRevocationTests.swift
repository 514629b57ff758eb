import AccessModel
import StrictJSON
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
            #expect(policy.utf8.count <= SessionRevocation.maximumLength)
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
}
