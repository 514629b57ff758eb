import AccessModel
import StrictJSON

/// What one snapshot says of one person.
public struct SnapshotRow: Sendable {
    /// Its dates are the days of ``start`` and ``end``.
    public let person: Person
    public let start: DayOrTime?
    /// The last day, or the exact moment.
    public let end: DayOrTime?

    public init(_ person: Person) {
        self.init(
            person, start: person.startDate.map { .day($0) }, end: person.endDate.map { .day($0) })
    }

    init(_ person: Person, start: DayOrTime?, end: DayOrTime?) {
        self.person = person
        self.start = start
        self.end = end
    }

    /// Nil while a required field is missing.
    init?(_ draft: PersonDraft) {
        guard let status = draft.status, let person = draft.person(status: status) else { return nil }
        self.init(person, start: draft.start, end: draft.end)
    }

    public var id: PersonID { person.id }

    var attributes: [PersonAttribute] {
        [
            .id(person.id), .email(person.email), .givenName(person.givenName), .familyName(person.familyName),
            .kind(person.kind), .status(person.status), .department(person.department), .title(person.title),
            .manager(person.manager), .location(person.location), .startDate(start), .endDate(end),
            .aliases(person.aliases),
        ]
    }
}

extension SnapshotRow: Hashable {
    /// Equal when both say the same, addresses as they are written.
    public static func == (left: SnapshotRow, right: SnapshotRow) -> Bool {
        left.person == right.person && left.start == right.start && left.end == right.end
            && left.person.email.text == right.person.email.text
            && left.person.aliases.map(\.text) == right.person.aliases.map(\.text)
    }

    public func hash(into hasher: inout Hasher) { hasher.combine(person) }
}

extension SnapshotRow {
    /// The members of a JSON snapshot, empty ones left out; `aliases` is an array.
    public var json: JSONValue {
        var members: [JSONObject.Member] = []
        func put(_ field: PersonField, _ text: String) {
            guard !text.isEmpty else { return }
            members.append(JSONObject.Member(name: field.rawValue, value: .string(text)))
        }
        put(.id, person.id.text)
        put(.email, person.email.text)
        put(.givenName, person.givenName)
        put(.familyName, person.familyName)
        put(.kind, person.kind.rawValue)
        put(.status, person.status.rawValue)
        put(.department, person.department)
        put(.title, person.title)
        put(.manager, person.manager?.text ?? "")
        put(.location, person.location)
        put(.startDate, start?.description ?? "")
        put(.endDate, end?.description ?? "")
        if !person.aliases.isEmpty {
            let aliases = person.aliases.map { JSONValue.string($0.text) }
            members.append(JSONObject.Member(name: PersonField.aliases.rawValue, value: .array(aliases)))
        }
        return .object(JSONObject(members))
    }

    /// Reads what ``json`` wrote; nil for anything else.
    public init?(json: JSONValue) {
        guard case .object(let object) = json else { return nil }
        var draft = PersonDraft()
        for member in object.members {
            guard let field = PersonField(rawValue: member.name),
                case .success(let attribute) = field.read(member.value)
            else { return nil }
            draft.apply(attribute)
        }
        self.init(draft)
    }
}
