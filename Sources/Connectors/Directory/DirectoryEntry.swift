import AccessModel
import StrictJSON

/// One line of a directory's file.
enum DirectoryEntry: Hashable, Sendable {
    case put(Fact)
    /// With what hangs on it: an account's memberships, a group's members and bindings.
    case delete(Fact)
    /// A foreign account becomes somebody's; its memberships stay.
    case takeOver(IdentityID, Account)

    /// Canonical JSON, so that equal directories are equal files.
    var line: [UInt8] {
        let value: JSONValue =
            switch self {
            case .put(let fact): ["put": fact.json]
            case .delete(let fact): ["delete": fact.json]
            case .takeOver(let foreign, let account):
                ["from": .string(foreign.description), "take_over": Fact.account(account).json]
            }
        return value.canonicalBytes + [UInt8(ascii: "\n")]
    }

    /// Reads what ``line`` wrote; nil for anything else.
    init?(_ value: JSONValue) {
        if let fact = value["put"].flatMap({ Fact(json: $0) }) {
            self = .put(fact)
        } else if let fact = value["delete"].flatMap({ Fact(json: $0) }) {
            self = .delete(fact)
        } else if let foreign = value["from"]?.string.flatMap({ IdentityID($0) }),
            case .account(let account)? = value["take_over"].flatMap({ Fact(json: $0) })
        {
            self = .takeOver(foreign, account)
        } else {
            return nil
        }
    }
}
