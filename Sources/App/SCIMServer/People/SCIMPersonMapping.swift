import AccessModel
import Definitions
import StrictJSON

/// Makes HR events of what clients push: the fields of `data.person` from a SCIM user, and the events that follow from a
/// change of one.
///
/// A user who cannot be a person yet, for want of an e-mail address, makes no event until it can; the first event of a
/// person is always `joined`. Of one who is known the client says that they go whatever else it says of them.
public struct SCIMPersonMapping: Sendable {
    let client: SCIMClient

    public init(client: SCIMClient) { self.client = client }

    /// The id of the person that a user stands for.
    ///
    /// - Throws: 400 where the client's users stand for employee numbers and this one's is missing or no id.
    public static func person(
        of resource: String, employeeNumber: String?, client: SCIMClient
    ) throws(SCIMError) -> PersonID {
        switch client.personIdentity {
        case .id:
            guard let id = PersonID("\(client.name).\(resource)") else {
                throw .invalid("the id \(TextRule.quoted(resource)) is none of a person")
            }
            return id
        case .employeeNumber:
            guard let employeeNumber, !employeeNumber.isEmpty else {
                throw .invalid("`employeeNumber` is needed: it says which person this is")
            }
            guard let id = PersonID(employeeNumber) else {
                throw .invalid(
                    "`employeeNumber` \(TextRule.quoted(employeeNumber)) is no id of a person; one begins with a letter "
                        + "or a digit and has up to 64 of letters, digits, `.`, `_` and `-`")
            }
            guard !isReserved(employeeNumber) else {
                throw .invalid("`employeeNumber` \(TextRule.quoted(employeeNumber)) is of a form that is Tenure's own")
            }
            return id
        }
    }

    /// `CLIENT.u-...`: who stands for a person of its own. Nobody else becomes that person by a number.
    private static func isReserved(_ id: String) -> Bool {
        let prefix = Array(".\(ResourceKind.user.idPrefix)".utf8)
        let tail = Array(id.utf8).suffix(prefix.count + SCIMService.idLength)
        guard tail.count == prefix.count + SCIMService.idLength, tail.starts(with: prefix) else { return false }
        return tail.dropFirst(prefix.count).allSatisfy { SCIMService.idDigits.contains($0) }
    }

    /// What a user says of its person, as `data.person` of an HR event has it; nil while it has no e-mail address.
    public func fields(of user: JSONValue, manager: PersonID?) -> JSONObject? {
        guard let email = Self.email(of: user) else { return nil }
        let enterprise = user[SchemaDefinition.enterpriseUser.urn]
        let names = Self.names(of: user)
        var fields = JSONObject()
        fields["email"] = .string(email.text)
        fields["given_name"] = .string(names.given)
        fields["family_name"] = .string(names.family)
        fields["type"] = .string(Self.kind(of: user).rawValue)
        fields["department"] = .string(enterprise?["department"]?.string ?? "")
        fields["title"] = .string(user["title"]?.string ?? "")
        fields["manager_id"] = .string(manager?.text ?? "")
        fields["location"] = .string(Self.location(of: user))
        fields["end_date"] = .string(Self.endsOn(of: user) ?? "")
        fields["aliases"] = .array(Self.addresses(of: user).filter { $0 != email }.map { .string($0.text) })
        return fields
    }

    /// Refuses a user who says of a person what HR's rules do not take, in the words of SCIM: a contractor or an external
    /// without a last day, or one who is known and has no address any more. Never one who goes.
    func check(_ change: SCIMPersonChange, _ standing: SCIMPersonStanding) throws(SCIMError) {
        try checkAddress(change, standing)
        guard let after = change.after else { return }
        let before = change.before ?? [:]
        let kind = Self.kind(of: after)
        guard kind == .contractor || kind == .external, Self.endsOn(of: after) == nil else { return }
        switch change.kind {
        case .joined, .reactivated: break
        case .changed: guard Self.kind(of: before) != kind || Self.endsOn(of: before) != nil else { return }
        case .deactivated, .deleted: return
        }
        throw .invalid(
            "a user whose `userType` is `\(kind.rawValue)` needs `\(SchemaDefinition.tenureUser.urn):endsOn`, the last day, "
                + "such as `2026-12-31`")
    }

    private func checkAddress(_ change: SCIMPersonChange, _ standing: SCIMPersonStanding) throws(SCIMError) {
        guard standing != .unknown, let after = change.after, Self.isActive(after), Self.email(of: after) == nil else {
            return
        }
        guard change.kind == .reactivated || hadAddress(change) else { return }
        throw .invalid(
            "this user stands for a person who is known: while it is active it needs an e-mail address, in `emails` or as "
                + "its `userName`")
    }

    /// The events that follow from a change, in the order in which they are to be taken in.
    ///
    /// - Parameter standing: What the client has said of the person before: what the user's content can be made of now does
    ///   not tell whether anybody is known.
    func events(of change: SCIMPersonChange, _ standing: SCIMPersonStanding) -> [SCIMPersonEvent] {
        guard let after = change.after.flatMap({ fields(of: $0, manager: change.manager) }) else {
            let wasActive = change.before.map(Self.isActive) ?? true
            let goes = change.kind == .deactivated || (change.kind == .deleted && wasActive)
            return goes && standing != .unknown ? [leaving(change)] : []
        }
        guard standing != .unknown else { return [joining(change, .joined, after)] }
        let isActive = change.after.map(Self.isActive) ?? true
        switch change.kind {
        case .joined where isActive: return [joining(change, .rehired, after)]
        // They are not back until they are active.
        case .joined: return moved(change, after) + (standing == .here ? [leaving(change)] : [])
        case .changed:
            let isBack = isActive && standing == .gone && !hadAddress(change)
            return isBack ? [joining(change, .rehired, after)] : moved(change, after)
        case .deactivated: return moved(change, after) + [leaving(change)]
        case .reactivated: return [returning(change)] + moved(change, after)
        case .deleted: return []
        }
    }

    /// Whether the user could be a person before the change.
    func hadAddress(_ change: SCIMPersonChange) -> Bool { change.before.flatMap(Self.email) != nil }

    // MARK: Events

    private func joining(_ change: SCIMPersonChange, _ kind: HREvent.Kind, _ fields: JSONObject) -> SCIMPersonEvent {
        var fields = fields
        let isActive = change.after.map(Self.isActive) ?? true
        fields["status"] = .string(isActive ? "active" : "suspended")
        return event(change, kind, fields)
    }

    private func leaving(_ change: SCIMPersonChange) -> SCIMPersonEvent {
        event(change, client.leaver == .left ? .left : .suspended, Self.status(client.leaver.rawValue))
    }

    private func returning(_ change: SCIMPersonChange) -> SCIMPersonEvent {
        var fields = Self.status("active")
        // Whoever is rehired without a last day has none.
        if client.leaver == .left, let end = change.after.flatMap(Self.endsOn) { fields["end_date"] = .string(end) }
        return event(change, client.leaver == .left ? .rehired : .returned, fields)
    }

    private static func status(_ word: String) -> JSONObject {
        JSONObject([JSONObject.Member(name: "status", value: .string(word))])
    }

    /// What is another thing now; nothing where nothing is, and everything of who had no address before. The manager is said
    /// by whom the client names: whom a resource stands for may have become known since.
    private func moved(_ change: SCIMPersonChange, _ after: JSONObject) -> [SCIMPersonEvent] {
        let before = change.before.flatMap { fields(of: $0, manager: nil) }
        let saysManager = before == nil || change.before.map(Self.managerValue) != change.after.map(Self.managerValue)
        let members = after.members.filter { member in
            member.name == "manager_id" ? saysManager : (before ?? JSONObject())[member.name] != member.value
        }
        return members.isEmpty ? [] : [event(change, .moved, JSONObject(members))]
    }

    private func event(_ change: SCIMPersonChange, _ kind: HREvent.Kind, _ person: JSONObject) -> SCIMPersonEvent {
        let word = kind.rawValue
        return SCIMPersonEvent(
            kind: kind,
            document: [
                "specversion": "1.0", "id": .string("\(change.resource)-\(change.version)-\(word)"),
                "source": .string(client.source), "type": .string("io.tenure.identity.\(word)"),
                "time": .string(change.at.description), "subject": .string(change.person.text),
                "datacontenttype": "application/json", "data": ["person": .object(person)],
            ])
    }

    // MARK: Fields

    static func isActive(_ user: JSONValue) -> Bool { user["active"]?.bool ?? true }

    static func managerValue(_ user: JSONValue) -> String {
        user[SchemaDefinition.enterpriseUser.urn]?["manager"]?["value"]?.string ?? ""
    }

    /// The last day, or when the stay ends.
    private static func endsOn(of user: JSONValue) -> String? {
        user[SchemaDefinition.tenureUser.urn]?["endsOn"]?.string.flatMap { $0.isEmpty ? nil : $0 }
    }

    /// The primary address, else one for work, else the first, else the user's name where that is one.
    private static func email(of user: JSONValue) -> EmailAddress? { addresses(of: user).first }

    /// All addresses, the one that counts first.
    private static func addresses(of user: JSONValue) -> [EmailAddress] {
        let values = user["emails"]?.array ?? []
        let primary = values.filter { $0["primary"] == .bool(true) }
        let work = values.filter { $0["type"]?.string?.lowercased() == "work" }
        var seen: Set<EmailAddress> = []
        let addresses = (primary + work + values).compactMap { $0["value"]?.string.flatMap { EmailAddress($0) } }
            .filter { seen.insert($0).inserted }
        if !addresses.isEmpty { return addresses }
        return [user["userName"]?.string.flatMap { EmailAddress($0) }].compactMap { $0 }
    }

    private struct Names {
        let given: String
        let family: String
    }

    private static func names(of user: JSONValue) -> Names {
        let given = user["name"]?["givenName"]?.string ?? ""
        let family = user["name"]?["familyName"]?.string ?? ""
        if !given.isEmpty || !family.isEmpty { return Names(given: given, family: family) }
        let whole = user["displayName"]?.string ?? user["name"]?["formatted"]?.string ?? ""
        let parts = whole.split(separator: " ")
        guard let last = parts.last, parts.count > 1 else { return Names(given: whole, family: "") }
        return Names(given: parts.dropLast().joined(separator: " "), family: String(last))
    }

    /// `userType`, where it is one of Tenure's words; everybody else is an employee.
    private static func kind(of user: JSONValue) -> Person.Kind {
        let word = user["userType"]?.string?.lowercased() ?? ""
        return Person.Kind(rawValue: word) ?? .employee
    }

    private static func location(of user: JSONValue) -> String {
        let values = user["addresses"]?.array ?? []
        let work = values.first { $0["type"]?.string?.lowercased() == "work" }
        let chosen = values.first { $0["primary"] == .bool(true) } ?? work ?? values.first
        return chosen?["locality"]?.string ?? ""
    }
}
