import AccessModel
import Definitions

/// Values for tests, made from literals that are known to be right.
public enum Sample {
    public static func slug(_ text: String) -> Slug {
        guard let slug = Slug(text) else { preconditionFailure("`\(text)` is not a slug") }
        return slug
    }

    public static func id(_ text: String) -> PersonID {
        guard let id = PersonID(text) else { preconditionFailure("`\(text)` is not a person's id") }
        return id
    }

    /// `ana` is `ana@mountainlab.io`.
    public static func email(_ text: String) -> EmailAddress {
        guard let email = EmailAddress(text.contains("@") ? text : text + "@mountainlab.io") else {
            preconditionFailure("`\(text)` is not an e-mail address")
        }
        return email
    }

    public static func instant(_ text: String) -> Instant {
        guard let instant = Instant(text) else { preconditionFailure("`\(text)` is not a time") }
        return instant
    }

    public static func day(_ text: String) -> CalendarDay {
        guard let day = CalendarDay(text) else { preconditionFailure("`\(text)` is not a day") }
        return day
    }

    public static func group(_ path: String) -> Group {
        guard let group = Group(path) else { preconditionFailure("`\(path)` is not a group") }
        return group
    }

    /// When the tests take place.
    public static let now = instant("2026-11-21T12:00:00Z")
    public static let snapshot = Cause.snapshot(asOf: instant("2026-11-21T06:00:00Z"), note: "status")

    /// A target that holds people, groups and memberships.
    public static let directory = TargetAbilities(
        kinds: [.account, .group, .membership], holdsWorkloadMembers: true, holdsEmptyGroups: true,
        maximumGroupNameLength: 64)
    /// A target that keeps secrets.
    public static let vault = TargetAbilities(
        kinds: [.credential], holdsWorkloadMembers: false, holdsEmptyGroups: false, maximumGroupNameLength: 64,
        keepsWorkloadSecrets: true)
    /// A target that holds roles and trusts for groups that live elsewhere.
    public static let cloud = TargetAbilities(
        kinds: [.roleAssignment, .federatedTrust], holdsWorkloadMembers: false, holdsEmptyGroups: true,
        maximumGroupNameLength: 64)
}
