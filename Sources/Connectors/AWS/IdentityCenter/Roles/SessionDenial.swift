import AccessModel
import StrictJSON

/// One of Tenure's statements in an inline policy: whose tokens from before when are denied.
struct SessionDenial: Hashable, Sendable {
    private static let prefix = "TenureRevoked"

    /// None stand for everybody.
    let users: [String]
    let moment: Instant

    init(users: [String], moment: Instant) {
        self.users = users
        self.moment = moment
    }

    /// Nil for a statement that is not Tenure's.
    init?(_ statement: JSONValue) {
        let condition = statement["Condition"]
        guard Self.isOwn(statement),
            let moment = condition?["DateLessThan"]?["aws:TokenIssueTime"]?.string.flatMap({ Instant($0) })
        else { return nil }
        self.moment = moment
        switch condition?["StringEquals"]?["identitystore:UserId"] {
        case .string(let one)?: users = [one]
        case .array(let several)?: users = several.compactMap(\.string)
        default: users = []
        }
    }

    static func isOwn(_ statement: JSONValue) -> Bool {
        statement["Sid"]?.string?.hasPrefix(prefix) == true
    }

    /// Whether any session that it denies can still be running.
    func counts(at now: Instant) -> Bool { moment + SessionRevocation.longestSession >= now }

    /// Whether others deny all that this one denies.
    func isCovered(by others: [SessionDenial]) -> Bool {
        let long = others.filter { $0.moment >= moment }
        if long.contains(where: \.users.isEmpty) { return true }
        return !users.isEmpty && users.allSatisfy { user in long.contains { $0.users.contains(user) } }
    }

    var statement: JSONValue {
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
            "Sid": .string(Self.prefix + name), "Effect": "Deny", "Action": "*", "Resource": "*",
            "Condition": .object(condition),
        ]
    }
}
