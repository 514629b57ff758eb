import AccessModel

/// A person while the fields come in one by one; what was not said yet is nil.
struct PersonDraft: Hashable, Sendable {
    var id: PersonID?
    var email: EmailAddress?
    var aliases: [EmailAddress] = []
    var givenName = ""
    var familyName = ""
    var kind: Person.Kind?
    var status: Person.Status?
    var department = ""
    var title = ""
    var manager: PersonID?
    var location = ""
    var start: DayOrTime?
    var end: DayOrTime?

    mutating func apply(_ attribute: PersonAttribute) {
        switch attribute {
        case .id(let value): id = value
        case .email(let value): email = value
        case .givenName(let value): givenName = value
        case .familyName(let value): familyName = value
        case .kind(let value): kind = value
        case .status(let value): status = value
        case .department(let value): department = value
        case .title(let value): title = value
        case .manager(let value): manager = value
        case .location(let value): location = value
        case .startDate(let value): start = value
        case .endDate(let value): end = value
        case .aliases(let value): aliases = value
        }
    }

    /// Takes over what `row` says, but for the status, which follows rules of its own, and for `fields`.
    mutating func apply(_ row: SnapshotRow, except fields: PersonFields) {
        guard !fields.isEmpty else {
            self = PersonDraft(row, status: status)
            return
        }
        for attribute in row.attributes where attribute.field != .status && !fields.contains(field: attribute.field) {
            apply(attribute)
        }
    }

    /// Nil while the id, the address or the type is not known.
    func person(status: Person.Status) -> Person? {
        guard let id, let email, let kind else { return nil }
        return Person(
            id: id, email: email, aliases: aliases, givenName: givenName, familyName: familyName, kind: kind,
            status: status, department: department, title: title, manager: manager, location: location,
            startDate: start?.day, endDate: end?.day)
    }

    var post: Post { Post(department: department, title: title, manager: manager) }

    /// All but status and dates.
    var profile: PersonDraft {
        var profile = self
        profile.status = nil
        profile.start = nil
        profile.end = nil
        return profile
    }

    /// What makes a move when it changes.
    struct Post: Hashable {
        let department: String
        let title: String
        let manager: PersonID?
    }
}

extension PersonDraft {
    init(_ row: SnapshotRow, status: Person.Status?) {
        let person = row.person
        id = person.id
        email = person.email
        aliases = person.aliases
        givenName = person.givenName
        familyName = person.familyName
        kind = person.kind
        self.status = status
        department = person.department
        title = person.title
        manager = person.manager
        location = person.location
        start = row.start
        end = row.end
    }
}
