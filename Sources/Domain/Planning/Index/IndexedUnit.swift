import AccessModel
import Definitions

/// A tenant, or a core sector, which stands in a tenant's place.
struct IndexedUnit: Sendable {
    let name: Slug
    let isCore: Bool
    /// Into ``OrganizationIndex/entries``.
    let entries: Range<Int>
    /// Into the lists of ``OrganizationIndex/entries``.
    let lists: Range<Int>
    /// Into ``OrganizationIndex/groups``.
    let groups: Range<Int>
    /// The groups that somebody stands in without a window, in their order.
    let standing: [Standing]

    struct Standing: Sendable {
        let group: UInt32
        /// Those that make their people stand in it.
        let entries: Range<Int>
    }
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
