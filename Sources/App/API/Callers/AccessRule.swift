/// Who may use an operation. What depends on the thing itself (a request's approvers, a person's tenants) is asked once
/// it is known; whoever may not see it hears that it is not there.
enum AccessRule: Hashable, Sendable {
    /// No token is asked for.
    case everyone
    /// Whoever is signed in, or a pipeline; what they get is what concerns them.
    case signedIn
    /// A person, not a pipeline: asking and agreeing are a person's doing.
    case person
    /// Whoever is listed in a group of a core sector, and the platform's operators.
    case platformMember
    /// Whoever is listed as an admin of the sector `platform`, and the platform's operators.
    case platformAdmin

    var words: String {
        switch self {
        case .everyone: "anyone"
        case .signedIn: "whoever is signed in, about what concerns them"
        case .person: "a person who is signed in"
        case .platformMember: "members of the core sectors, and the platform's operators"
        case .platformAdmin: "admins of the sector platform, and the platform's operators"
        }
    }

    func allows(_ authority: Authority) -> Bool {
        switch self {
        case .everyone: true
        case .signedIn: authority.counts
        case .person: authority.counts && authority.person != nil
        case .platformMember: authority.counts && authority.isPlatformMember
        case .platformAdmin: authority.counts && authority.isPlatformAdmin
        }
    }
}
