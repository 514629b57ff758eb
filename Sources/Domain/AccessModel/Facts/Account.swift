/// An identity's presence in one target.
public struct Account: Hashable, Sendable {
    public enum State: String, Sendable, CaseIterable {
        case active
        case disabled
    }

    public let identity: IdentityID
    /// What it signs in with: a person's e-mail address, a workload's id.
    public var name: String
    public var state: State
    /// What the target shows of the person. A target that has no place for one of them leaves it nil, and nil is
    /// never a difference.
    public var givenName: String?
    public var familyName: String?
    public var department: String?
    public var title: String?

    public init(
        identity: IdentityID, name: String, state: State, givenName: String? = nil, familyName: String? = nil,
        department: String? = nil, title: String? = nil
    ) {
        self.identity = identity
        self.name = name
        self.state = state
        self.givenName = givenName
        self.familyName = familyName
        self.department = department
        self.title = title
    }

    /// Whether an account that is seen is as it is wanted: attributes that either side leaves nil do not count,
    /// names are compared in lower case.
    public func satisfies(_ desired: Account) -> Bool {
        func agree(_ seen: String?, _ wanted: String?) -> Bool { seen == nil || wanted == nil || seen == wanted }
        let bearsName = name == desired.name || name.lowercased() == desired.name.lowercased()
        return identity == desired.identity && state == desired.state && bearsName
            && agree(givenName, desired.givenName) && agree(familyName, desired.familyName)
            && agree(department, desired.department) && agree(title, desired.title)
    }
}
