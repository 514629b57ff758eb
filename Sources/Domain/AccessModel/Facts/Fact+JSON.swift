import StrictJSON

extension Fact {
    /// As FORMATS gives it: `{"kind": "membership", "group": ..., "notation": ..., "identity": ..., "account": ...}`.
    public var json: JSONValue {
        var object = JSONObject()
        object["kind"] = .string(kind.rawValue)
        object["group"] = groupSlug.map(JSONValue.string)
        object["notation"] = notation.map { .string($0.description) }
        object["identity"] = identity.map { .string($0.description) }
        switch self {
        case .account(let account): Self.write(account, to: &object)
        case .group, .eligibility: break
        case .membership(let membership): object["account"] = .string(membership.account)
        case .roleAssignment(let assignment):
            object["role"] = .string(assignment.role)
            object["scope"] = .string(assignment.scope)
        case .federatedTrust(let trust):
            object["issuer"] = .string(trust.issuer)
            object["subject"] = .string(trust.subject)
            object["audience"] = .string(trust.audience)
        case .credential(let credential):
            object["id"] = .string(credential.id)
            object["created_at"] = credential.createdAt.map { .string($0.description) }
            object["last_used_at"] = credential.lastUsedAt.map { .string($0.description) }
        case .session(let session):
            object["id"] = .string(session.id)
            object["until"] = session.until.map { .string($0.description) }
        }
        return .object(object)
    }

    private static func write(_ account: Account, to object: inout JSONObject) {
        object["account"] = .string(account.name)
        object["state"] = .string(account.state.rawValue)
        object["given_name"] = account.givenName.map(JSONValue.string)
        object["family_name"] = account.familyName.map(JSONValue.string)
        object["department"] = account.department.map(JSONValue.string)
        object["title"] = account.title.map(JSONValue.string)
        switch account.end {
        case nil: break
        case .never: object["last_day"] = .some(.null)
        case .after(let day): object["last_day"] = .string(day.description)
        }
    }

    /// Reads what ``json`` wrote; nil for anything else.
    public init?(json: JSONValue) {
        guard let kind = json["kind"]?.string.flatMap(Kind.init(rawValue:)) else { return nil }
        let group = json["group"]?.string
        let notation = json["notation"]?.string.flatMap { Group($0) }
        let identity = json["identity"]?.string.flatMap { IdentityID($0) }
        func time(_ name: String) -> Instant? { json[name]?.string.flatMap { Instant($0) } }
        switch kind {
        case .account:
            guard let identity, let account = Self.readAccount(json, identity: identity) else { return nil }
            self = .account(account)
        case .group:
            guard let group else { return nil }
            self = .group(GroupFact(slug: group, notation: notation))
        case .membership:
            guard let group, let identity, let account = json["account"]?.string else { return nil }
            self = .membership(Membership(group: group, notation: notation, identity: identity, account: account))
        case .roleAssignment:
            guard let group, let role = json["role"]?.string, let scope = json["scope"]?.string else { return nil }
            self = .roleAssignment(RoleAssignment(group: group, notation: notation, role: role, scope: scope))
        case .federatedTrust:
            guard let group, let issuer = json["issuer"]?.string, let subject = json["subject"]?.string,
                let audience = json["audience"]?.string
            else { return nil }
            self = .federatedTrust(
                FederatedTrust(group: group, notation: notation, issuer: issuer, subject: subject, audience: audience))
        case .eligibility:
            guard let group, let identity else { return nil }
            self = .eligibility(Eligibility(group: group, notation: notation, identity: identity))
        case .credential:
            guard let identity, let id = json["id"]?.string else { return nil }
            self = .credential(
                Credential(identity: identity, id: id, createdAt: time("created_at"), lastUsedAt: time("last_used_at")))
        case .session:
            guard let identity, let id = json["id"]?.string else { return nil }
            self = .session(Session(identity: identity, id: id, until: time("until")))
        }
    }

    private static func readAccount(_ json: JSONValue, identity: IdentityID) -> Account? {
        guard let name = json["account"]?.string,
            let state = json["state"]?.string.flatMap(Account.State.init(rawValue:))
        else { return nil }
        return Account(
            identity: identity, name: name, state: state, givenName: json["given_name"]?.string,
            familyName: json["family_name"]?.string, department: json["department"]?.string,
            title: json["title"]?.string, end: readEnd(json))
    }

    private static func readEnd(_ json: JSONValue) -> Account.End? {
        switch json["last_day"] {
        case .null?: .never
        case .string(let text)?: CalendarDay(text).map { .after($0) }
        default: nil
        }
    }
}
