/// What HR says of a person, field by field; the raw values are the names in feeds, in the order of the CSV header.
public enum PersonField: String, CaseIterable, Sendable {
    case id, email
    case givenName = "given_name"
    case familyName = "family_name"
    case kind = "type"
    case status, department, title
    case manager = "manager_id"
    case location
    case startDate = "start_date"
    case endDate = "end_date"
    case aliases

    /// Whether it may not be empty.
    public var isRequired: Bool {
        switch self {
        case .id, .email, .kind, .status: true
        default: false
        }
    }

    /// Bytes that one field may have.
    public static let maximumLength = 1_024

    static let header = allCases.map(\.rawValue)
}

/// A set of fields, as a machine word.
struct PersonFields: OptionSet, Hashable, Sendable {
    let rawValue: UInt16

    init(rawValue: UInt16) { self.rawValue = rawValue }

    init(_ field: PersonField) {
        let place = PersonField.allCases.firstIndex(of: field) ?? 0
        rawValue = 1 << UInt16(place)
    }

    static let status = PersonFields(.status)
    static let dates: PersonFields = [PersonFields(.startDate), PersonFields(.endDate)]

    func contains(field: PersonField) -> Bool { contains(PersonFields(field)) }
}
