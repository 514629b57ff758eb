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
    static let maximumLength = 32_768
    private static let prefix = "TenureRevoked"

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

    private func deny(_ userID: String, in arn: String, _ operation: String) async throws(ConnectorError) {
        let answer = try await instance.call(
            "GetInlinePolicyForPermissionSet", ["PermissionSetArn": .string(arn)], operation)
        let now = clock()
        let text = answer.json["InlinePolicy"]?.string ?? ""
        let policy = try Self.adding(userID, at: now, to: text, operation)
        _ = try await instance.call(
            "PutInlinePolicyToPermissionSet", ["PermissionSetArn": .string(arn), "InlinePolicy": .string(policy)],
            operation)
        try await sets.provision(arn, .all, operation)
    }

    /// The policy with one more denial. Tenure's own of the past are left out, others' statements stay as they are.
    static func adding(
        _ userID: String, at now: Instant, to text: String, _ operation: String
    ) throws(ConnectorError) -> String {
        func refuse(_ message: String) -> ConnectorError {
            ConnectorError(code: .conflict, operation: operation, message: "the inline policy \(message)")
        }
        var statements: [JSONValue] = []
        if !text.isEmpty {
            let document: JSONValue
            do throws(JSONError) { document = try JSONParser.parse(text) } catch { throw refuse("is not JSON") }
            switch document["Statement"] {
            case .array(let entries)?: statements = entries
            case .object(let entry)?: statements = [.object(entry)]
            default: throw refuse("has no statements")
            }
        }
        let others = statements.filter { !isOwn($0) }
        let denials = statements.filter { isOwn($0) }.filter { denial in
            issued(denial).map { $0 + longestSession >= now } ?? false
        }
        // A revocation is never refused for want of room: rather do others sign in once more.
        let rest = denials.filter { users($0) != [userID] }
        let listed = Set(denials.flatMap(users)).union([userID]).sorted()
        let moment = Instant(milliseconds: (now.milliseconds + 999) / 1_000 * 1_000)
        let ways = [
            rest + [denial(of: [userID], before: moment)],
            denials.filter { users($0).isEmpty } + [denial(of: listed, before: moment)],
            [denial(of: [], before: moment)],
        ]
        for way in ways {
            let policy: JSONValue = ["Version": "2012-10-17", "Statement": .array(others + way)]
            let written = policy.compactText
            if written.utf8.count <= maximumLength { return written }
        }
        throw ConnectorError(
            code: .invalid, operation: operation,
            message: "the inline policy has no room for one more statement beside those of others; sessions end by "
                + "themselves within \(longestSession)")
    }

    // MARK: A denial

    /// - Parameter users: None stand for everybody.
    private static func denial(of users: [String], before moment: Instant) -> JSONValue {
        let name =
            switch users.count {
            case 0: "Everybody"
            case 1: users[0].filter { $0.isASCII && ($0.isLetter || $0.isNumber) }
            default: "Several"
            }
        var condition = JSONObject()
        if let first = users.first {
            condition["StringEquals"] = [
                "identitystore:UserId": users.count == 1 ? .string(first) : .array(users.map { .string($0) })
            ]
        }
        condition["DateLessThan"] = ["aws:TokenIssueTime": .string(moment.description)]
        return [
            "Sid": .string(prefix + name), "Effect": "Deny", "Action": "*", "Resource": "*",
            "Condition": .object(condition),
        ]
    }

    private static func isOwn(_ statement: JSONValue) -> Bool {
        statement["Sid"]?.string?.hasPrefix(prefix) == true
    }

    private static func issued(_ denial: JSONValue) -> Instant? {
        denial["Condition"]?["DateLessThan"]?["aws:TokenIssueTime"]?.string.flatMap { Instant($0) }
    }

    /// Whom a denial means; none stand for everybody.
    private static func users(_ denial: JSONValue) -> [String] {
        switch denial["Condition"]?["StringEquals"]?["identitystore:UserId"] {
        case .string(let one)?: [one]
        case .array(let several)?: several.compactMap(\.string)
        default: []
        }
    }
}
