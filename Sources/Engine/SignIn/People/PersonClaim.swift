import AccessModel
import Definitions

/// Which claim of a provider's tokens says who somebody is.
public enum PersonClaim: Hashable, Sendable {
    /// `email`, where the provider says that it has verified it: an address or alias of exactly one person.
    case email
    /// A claim that holds HR's id of the person, to the byte: `sub`, `preferred_username`, `employee_id`.
    case id(String)

    /// `email`, or the name of a claim.
    public init(_ name: String) { self = name == "email" ? .email : .id(name) }

    public var name: String {
        switch self {
        case .email: "email"
        case .id(let name): name
        }
    }

    /// The one active person whom the claims mean, or why there is none.
    public func find(_ claims: TokenClaims, in roster: Roster) -> PersonFinding {
        switch self {
        case .email: byAddress(claims, roster)
        case .id(let name): byID(name, claims, roster)
        }
    }

    private func byAddress(_ claims: TokenClaims, _ roster: Roster) -> PersonFinding {
        guard let text = claims.text("email").value else { return refuse(nil, "it is missing, or not a string") }
        guard let address = EmailAddress(text) else { return refuse(text, "it is no address") }
        // Some providers write the flag as text; that is not what the specification says, and not taken.
        guard claims.object["email_verified"]?.bool == true else {
            return refuse(text, "the provider does not say that it has verified it (`email_verified`)")
        }
        let bearers = roster.bearers(of: address).filter { $0.presence != .left }
        guard let person = bearers.first else { return refuse(text, "nobody bears this address") }
        guard bearers.count == 1 else { return refuse(text, "several people bear this address") }
        return judge(person, text)
    }

    private func byID(_ name: String, _ claims: TokenClaims, _ roster: Roster) -> PersonFinding {
        guard let text = claims.text(name).value else { return refuse(nil, "it is missing, or not a string") }
        guard let id = PersonID(text), let person = roster[id] else { return refuse(text, "nobody has this id") }
        return judge(person, text)
    }

    private func judge(_ person: PersonState, _ found: String) -> PersonFinding {
        guard person.isActive else { return refuse(found, "the person does not count now: \(person.presence.word)") }
        guard person.person.kind != .service else { return refuse(found, "it is a service, not a person") }
        let finding = TokenVerdict.Finding(name, wanted: "one active person", found: found)
        return PersonFinding(person: person.person.id, finding: finding)
    }

    private func refuse(_ found: String?, _ reason: String) -> PersonFinding {
        PersonFinding(
            person: nil,
            finding: TokenVerdict.Finding(name, wanted: "one active person", found: found, refusal: reason))
    }
}

/// Whom claims mean.
public struct PersonFinding: Hashable, Sendable {
    /// Nil where the finding refuses it.
    public let person: PersonID?
    public let finding: TokenVerdict.Finding
}

extension PersonState.Presence {
    fileprivate var word: String {
        switch self {
        case .active: "active"
        case .notStarted: "not started yet"
        case .suspended: "suspended"
        case .left: "left"
        case .compromised: "compromised"
        case .ended: "their last day has passed"
        }
    }
}
