import AccessModel
import ConnectorKit
import StrictJSON

/// Denies what a user's running sessions may do: a statement in the inline policy of each of Tenure's permission sets, for
/// that user and for tokens that were issued before now. No operation of the service ends such a session, and a role's
/// credentials live on for as long as the permission set lets them.
struct SessionRevocation: Sendable {
    let instance: SSOInstance
    let sets: PermissionSets
    let definitions: [PermissionSetDefinition]
    let clock: @Sendable () -> Instant
    let turnstile: Turnstile

    /// The longest session that a permission set can give: older statements deny nobody any more.
    static let longestSession = Span.hours(12)
    /// The service's quota for the inline policy of a permission set, without its white space. The operation's parameter takes
    /// more; what is more is refused all the same.
    static let maximumLength = 10_240

    /// In how many permission sets the user's older sessions are now denied.
    func revoke(_ userID: String, _ operation: String) async throws(ConnectorError) -> Int {
        var count = 0
        for definition in definitions.sorted(by: { $0.role < $1.role }) {
            guard let arn = try await sets.find(definition, operation) else { continue }
            try await turnstile.pass("inline \(arn)") { () async throws(ConnectorError) in
                try await deny(userID, in: arn, operation)
            }
            count += 1
        }
        return count
    }

    /// Whether a denial of the user by name still counts in each of the permission sets that are there. One of everybody may be
    /// older than the user's sessions, and says nothing of them.
    func isDenied(_ userID: String, _ operation: String) async throws(ConnectorError) -> Bool {
        for definition in definitions.sorted(by: { $0.role < $1.role }) {
            guard let arn = try await sets.find(definition, operation) else { continue }
            let denials = try Self.denials(in: Self.statements(of: try await policy(of: arn, operation), operation))
            guard denials.contains(where: { $0.counts(at: clock()) && $0.users.contains(userID) }) else { return false }
        }
        return true
    }

    private func policy(of arn: String, _ operation: String) async throws(ConnectorError) -> String {
        let answer = try await instance.call(
            "GetInlinePolicyForPermissionSet", ["PermissionSetArn": .string(arn)], operation)
        return answer.json["InlinePolicy"]?.string ?? ""
    }

    /// The service has no versions to compare, so the policy is read again once it has been provisioned: somebody who read it
    /// before this wrote it has most likely written by then.
    ///
    /// - Throws: `conflict`, to be tried again, where what was written is not there any more.
    private func deny(_ userID: String, in arn: String, _ operation: String) async throws(ConnectorError) {
        let now = clock()
        let before = try await policy(of: arn, operation)
        let policy = try Self.adding(userID, at: now, to: before, operation)
        _ = try await instance.call(
            "PutInlinePolicyToPermissionSet", ["PermissionSetArn": .string(arn), "InlinePolicy": .string(policy)],
            operation)
        try await sets.provision(arn, .all, operation)
        let after = Self.denials(in: try Self.statements(of: try await self.policy(of: arn, operation), operation))
        let earlier = Self.denials(in: try Self.statements(of: before, operation)).filter { $0.counts(at: now) }
        let needed = earlier + [SessionDenial(users: [userID], moment: Self.moment(now))]
        guard needed.allSatisfy({ $0.isCovered(by: after) }) else {
            throw ConnectorError(
                code: .conflict, operation: operation,
                message: "somebody else changed the permission set's inline policy, and a denial is gone from it")
        }
    }

    /// The policy with one more denial. Tenure's own of the past are left out, others' statements stay as they are.
    static func adding(
        _ userID: String, at now: Instant, to text: String, _ operation: String
    ) throws(ConnectorError) -> String {
        let statements = try statements(of: text, operation)
        let others = statements.filter { !SessionDenial.isOwn($0) }
        let denials = denials(in: statements).filter { $0.counts(at: now) }
        // A revocation is never refused for want of room: rather do others sign in once more.
        let listed = Set(denials.flatMap(\.users)).union([userID]).sorted()
        let moment = moment(now)
        let ways = [
            denials.filter { $0.users != [userID] } + [SessionDenial(users: [userID], moment: moment)],
            denials.filter(\.users.isEmpty) + [SessionDenial(users: listed, moment: moment)],
            [SessionDenial(users: [], moment: moment)],
        ]
        for way in ways {
            let policy: JSONValue = ["Version": "2012-10-17", "Statement": .array(others + way.map(\.statement))]
            let written = policy.compactText
            if length(of: written) <= maximumLength { return written }
        }
        throw ConnectorError(
            code: .invalid, operation: operation,
            message: "the inline policy has no room for one more statement beside those of others; sessions end by "
                + "themselves within \(longestSession)")
    }

    /// As the quota counts it.
    static func length(of policy: String) -> Int {
        policy.utf8.count { $0 != 0x20 && $0 != 0x09 && $0 != 0x0A && $0 != 0x0D }
    }

    private static func statements(of text: String, _ operation: String) throws(ConnectorError) -> [JSONValue] {
        guard !text.isEmpty else { return [] }
        func refuse(_ message: String) -> ConnectorError {
            ConnectorError(code: .conflict, operation: operation, message: "the inline policy \(message)")
        }
        let document: JSONValue
        do throws(JSONError) { document = try JSONParser.parse(text) } catch { throw refuse("is not JSON") }
        switch document["Statement"] {
        case .array(let entries)?: return entries
        case .object(let entry)?: return [.object(entry)]
        default: throw refuse("has no statements")
        }
    }

    private static func denials(in statements: [JSONValue]) -> [SessionDenial] {
        statements.compactMap { SessionDenial($0) }
    }

    /// The next whole second, for a policy knows none but whole ones.
    private static func moment(_ now: Instant) -> Instant {
        Instant(milliseconds: (now.milliseconds + 999) / 1_000 * 1_000)
    }
}
