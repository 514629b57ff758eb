import AccessModel

/// One thing that HR says of a person, checked.
public enum PersonAttribute: Hashable, Sendable {
    case id(PersonID)
    case email(EmailAddress)
    case givenName(String)
    case familyName(String)
    case kind(Person.Kind)
    case status(Person.Status)
    case department(String)
    case title(String)
    case manager(PersonID?)
    case location(String)
    case startDate(DayOrTime?)
    case endDate(DayOrTime?)
    case aliases([EmailAddress])

    public var field: PersonField {
        switch self {
        case .id: .id
        case .email: .email
        case .givenName: .givenName
        case .familyName: .familyName
        case .kind: .kind
        case .status: .status
        case .department: .department
        case .title: .title
        case .manager: .manager
        case .location: .location
        case .startDate: .startDate
        case .endDate: .endDate
        case .aliases: .aliases
        }
    }
}
