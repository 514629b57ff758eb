import AccessModel

/// `{tier}_{role}`: which windows a just-in-time rule is about. Only contributor and admin have windows.
public struct JITKey: Hashable, Sendable {
    public let tier: Slug
    public let role: Role

    public init(tier: Slug, role: Role) {
        self.tier = tier
        self.role = role
    }
}

/// Who has to agree before a window opens, from the loosest to the strictest.
public enum Approval: String, Sendable, CaseIterable, Comparable {
    case `self`
    case peer
    case twoParty = "two-party"

    public var approvers: Int {
        switch self {
        case .self: 0
        case .peer: 1
        case .twoParty: 2
        }
    }

    public static func < (left: Approval, right: Approval) -> Bool { left.approvers < right.approvers }
}

/// What a file says of a just-in-time rule; what it leaves out keeps its default.
public struct JITOverride: Sendable, Hashable {
    public var approval: Approval?
    public var maximumDuration: Span?
    public var justificationRequired: Bool?
    public var place: SourceLocation?

    public init(
        approval: Approval? = nil, maximumDuration: Span? = nil, justificationRequired: Bool? = nil,
        place: SourceLocation? = nil
    ) {
        self.approval = approval
        self.maximumDuration = maximumDuration
        self.justificationRequired = justificationRequired
        self.place = place
    }
}

/// What holds for the windows of one group.
public struct JITRule: Sendable, Hashable {
    public var approval: Approval
    public var maximumDuration: Span
    public var justificationRequired: Bool

    public init(approval: Approval, maximumDuration: Span, justificationRequired: Bool) {
        self.approval = approval
        self.maximumDuration = maximumDuration
        self.justificationRequired = justificationRequired
    }
}
