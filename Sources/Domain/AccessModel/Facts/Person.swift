/// A person as HR describes them at one moment.
public struct Person: Hashable, Sendable {
    public enum Kind: String, CaseIterable, Sendable {
        case employee, contractor, external
        /// A workload that HR lists: it has accounts by birthright and stands in no list.
        case service
    }

    public enum Status: String, CaseIterable, Sendable {
        case active, suspended, left
        /// Out by a report of compromise; only a `returned` or `rehired` event ends it.
        case compromised
    }

    public let id: PersonID
    public var email: EmailAddress
    public var aliases: [EmailAddress]
    public var givenName: String
    public var familyName: String
    public var kind: Kind
    public var status: Status
    public var department: String
    public var title: String
    public var manager: PersonID?
    public var location: String
    public var startDate: CalendarDay?
    /// The last day, whole, in the organisation's zone.
    public var endDate: CalendarDay?

    public init(
        id: PersonID, email: EmailAddress, aliases: [EmailAddress] = [], givenName: String = "",
        familyName: String = "", kind: Kind = .employee, status: Status = .active, department: String = "",
        title: String = "", manager: PersonID? = nil, location: String = "", startDate: CalendarDay? = nil,
        endDate: CalendarDay? = nil
    ) {
        self.id = id
        self.email = email
        self.aliases = aliases
        self.givenName = givenName
        self.familyName = familyName
        self.kind = kind
        self.status = status
        self.department = department
        self.title = title
        self.manager = manager
        self.location = location
        self.startDate = startDate
        self.endDate = endDate
    }

    public var displayName: String {
        let name = [givenName, familyName].filter { !$0.isEmpty }.joined(separator: " ")
        return name.isEmpty ? email.text : name
    }

    /// The address and all aliases.
    public var addresses: [EmailAddress] { [email] + aliases }
}
