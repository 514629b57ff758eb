/// An identity's presence in one target.
public struct Account: Hashable, Sendable {
    public enum State: String, Sendable, CaseIterable {
        case active
        case disabled
    }

    public let identity: IdentityID
    /// When an account ends by itself.
    public enum End: Hashable, Sendable {
        case never
        /// Once that day is over everywhere on earth: what ends it to the minute is Tenure, and this is for when it cannot.
        case after(CalendarDay)
    }

    /// What it signs in with: a person's e-mail address, a workload's id.
    public var name: String
    public var state: State
    /// Of an account that is seen: nil where the target has no place for it. Of one that is wanted: nil for no end.
    public var end: End? {
        get { storedEnd.end }
        set { storedEnd = StoredEnd(newValue) }
    }
    // Beside the state, where it takes no room: there are hundreds of thousands of accounts.
    private var storedEnd: StoredEnd
    /// What the target shows of the person. A target that has no place for one of them leaves it nil, and nil is
    /// never a difference.
    public var givenName: String?
    public var familyName: String?
    public var department: String?
    public var title: String?

    public init(
        identity: IdentityID, name: String, state: State, givenName: String? = nil, familyName: String? = nil,
        department: String? = nil, title: String? = nil, end: End? = nil
    ) {
        self.identity = identity
        self.name = name
        self.state = state
        storedEnd = StoredEnd(end)
        self.givenName = givenName
        self.familyName = familyName
        self.department = department
        self.title = title
    }

    /// Whether an account that is seen ends when it should.
    public func ends(as wanted: End?) -> Bool { end == nil || end == wanted ?? .never }

    /// Whether an account that is seen is as it is wanted: attributes that either side leaves nil do not count,
    /// names are compared in lower case.
    public func satisfies(_ desired: Account) -> Bool {
        func agree(_ seen: String?, _ wanted: String?) -> Bool { seen == nil || wanted == nil || seen == wanted }
        let bearsName = name == desired.name || name.lowercased() == desired.name.lowercased()
        return identity == desired.identity && state == desired.state && bearsName
            && agree(givenName, desired.givenName) && agree(familyName, desired.familyName)
            && agree(department, desired.department) && agree(title, desired.title) && ends(as: desired.end)
    }
}

/// Four bytes: days since 1970-01-01, or that there is no end, or nothing about it.
private struct StoredEnd: Hashable, Sendable {
    private static let (nothing, never): (Int32, Int32) = (-2, -1)
    private let number: Int32

    init(_ end: Account.End?) {
        number =
            switch end {
            case nil: Self.nothing
            case .never: Self.never
            case .after(let day): Int32(clamping: day.daysSinceEpoch)
            }
    }

    var end: Account.End? {
        switch number {
        case Self.nothing: nil
        case Self.never: .never
        default: .after(CalendarDay(daysSinceEpoch: Int(number)))
        }
    }
}
