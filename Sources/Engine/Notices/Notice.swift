import AccessModel
import Definitions
import StrictJSON

/// Something that people are to be told. It is no more than told: nothing is decided by it, and nothing waits for it.
///
/// Its `data` goes out as it is, so it holds no secret.
public struct Notice: Hashable, Sendable {
    /// `ntc-...`: the same for every attempt and every channel, so that a receiver can tell a repeat.
    public let id: String
    public let kind: NoticeKind
    /// What it is about: a request, a window, a hold. One that is about the same and of the same kind can be taken back
    /// while it is not due.
    public let about: String
    /// When it came to be.
    public let at: Instant
    /// Before this it is not sent.
    public let due: Instant
    /// Whom it concerns, as far as whoever gives it knows.
    public let recipients: [NoticeAudience: [NoticeRecipient]]
    /// An object; its members are what ``NoticeKind/fields`` says, each left out where it has no meaning.
    public let data: JSONValue

    /// - Parameters:
    ///   - newID: 12 letters and digits, unlike any other.
    ///   - due: Left out: at once.
    public init(
        _ kind: NoticeKind, about: String, at: Instant, due: Instant? = nil, newID: String,
        recipients: [NoticeAudience: [NoticeRecipient]] = [:], data: JSONValue
    ) {
        self.init(
            id: "ntc-" + newID, kind: kind, about: about, at: at, due: due ?? at, recipients: recipients, data: data)
    }

    init(
        id: String, kind: NoticeKind, about: String, at: Instant, due: Instant,
        recipients: [NoticeAudience: [NoticeRecipient]], data: JSONValue
    ) {
        self.id = id
        self.kind = kind
        self.about = about
        self.at = at
        self.due = due
        self.recipients = recipients
        self.data = data
    }

    /// The addresses that a route's recipients mean here; each once, in the route's order.
    func addresses(of route: NoticeRoute, _ people: [PersonID: NoticePerson]) -> [EmailAddress] {
        var seen: Set<EmailAddress> = []
        return route.recipients.flatMap { recipient -> [EmailAddress] in
            switch recipient {
            case .audience(let audience): (recipients[audience] ?? []).compactMap { $0.address(people) }
            case .address(let address): [address]
            }
        }.filter { seen.insert($0).inserted }
    }

    /// Everybody who is named in it by id alone.
    var people: Set<PersonID> {
        var people = Set(recipients.values.joined().compactMap { if case .person(let id) = $0 { id } else { nil } })
        if let person { people.insert(person) }
        return people
    }

    private var person: PersonID? { data["person"]?.string.flatMap { PersonID($0) } }

    /// The same, with the name and the address of whom it is about, where it does not say them itself.
    func naming(_ people: [PersonID: NoticePerson]) -> Notice {
        guard let known = person.flatMap({ people[$0] }), var data = data.object else { return self }
        if data["email"] == nil { data["email"] = .string(known.address.text) }
        if data["name"] == nil { data["name"] = .string(known.name) }
        return Notice(
            id: id, kind: kind, about: about, at: at, due: due, recipients: recipients, data: .object(data))
    }

    /// What a place in a template stands for: on one line, whatever somebody wrote into a reason.
    func value(of field: String, organization: Slug) -> String? {
        switch field {
        case "organization": return organization.text
        case "type": return kind.rawValue
        case "about": return about
        case "at": return at.description
        default: break
        }
        switch data[field] {
        case .string(let text): return text.isEmpty ? nil : text.onOneLine
        case .integer(let number): return String(number)
        case .number(let number): return String(number)
        case .bool(let flag): return flag ? "yes" : "no"
        case .array(let values): return values.compactMap(\.string).joined(separator: ", ").onOneLine
        case .null, .object, nil: return nil
        }
    }
}

/// Who is to be told: a person, whose address is looked up when the notice goes out, or an address.
public enum NoticeRecipient: Hashable, Sendable {
    case person(PersonID)
    case address(EmailAddress)

    /// An id holds no `@`, an address does.
    var text: String {
        switch self {
        case .person(let id): id.text
        case .address(let address): address.text
        }
    }

    init?(_ text: String) {
        if let address = EmailAddress(text) {
            self = .address(address)
        } else if let id = PersonID(text) {
            self = .person(id)
        } else {
            return nil
        }
    }

    fileprivate func address(_ people: [PersonID: NoticePerson]) -> EmailAddress? {
        switch self {
        case .person(let id): people[id]?.address
        case .address(let address): address
        }
    }
}

/// What a notice says of a person, and where it reaches them.
public struct NoticePerson: Hashable, Sendable {
    public let address: EmailAddress
    public let name: String

    public init(address: EmailAddress, name: String) {
        self.address = address
        self.name = name
    }
}

/// Looks people up, as of now. Who is not found is not told.
public typealias NoticePeople = @Sendable (Set<PersonID>) async throws -> [PersonID: NoticePerson]

extension String {
    /// Without anything that begins a line, moves a terminal or hides a letter.
    var onOneLine: String {
        String(
            String.UnicodeScalarView(
                unicodeScalars.map { scalar in
                    switch scalar.properties.generalCategory {
                    case .control, .format, .lineSeparator, .paragraphSeparator, .privateUse, .unassigned, .surrogate:
                        " "
                    default: scalar
                    }
                }))
    }
}
