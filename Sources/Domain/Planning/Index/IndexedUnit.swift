import AccessModel
import Definitions

/// A tenant, or a core sector, which stands in a tenant's place.
struct IndexedUnit: Sendable {
    let name: Slug
    let isCore: Bool
    /// Into ``OrganizationIndex/entries``.
    let entries: Range<Int>
    /// Into ``OrganizationIndex/groups``.
    let groups: Range<Int>
}

/// One `Group(tenant, tier, role)` that should exist.
struct IndexedGroup: Sendable {
    let group: Group
    let slug: String
    let unit: UInt32
    let isLive: Bool
    /// The unit's sectors that have the tier.
    let sectors: [Slug]
    let place: SourceLocation
}

/// One name in one list.
struct IndexedEntry: Sendable {
    enum List: Hashable, Sendable {
        case admins, contributors, readers
        /// Of a core group; its index.
        case core(group: UInt32)
    }

    let email: EmailAddress
    let place: SourceLocation
    let unit: UInt32
    let list: List
}
