import AccessModel
import Definitions

/// The index of a later revision in which some tenants' files differ: the index of the earlier one, untouched, and
/// beside it what changed.
///
/// Making one costs by the tenants that differ from the index that it began with, however large the organisation is.
/// It holds while `platform.yaml`, `core-iam.yaml`, `targets.yaml` and `birthright.yaml` stay as they are. After many
/// changes a fresh ``PlanningIndex`` is cheaper; a sixteenth of the tenants is a good time.
public struct RevisedIndex: Sendable {
    /// Of the revision that it began with.
    let base: PlanningIndex
    /// Tenants that differ from the base and are in force; nil for those that are gone.
    private let settled: [Slug: Tenant?]
    /// Tenants that differ from what is in force, by name.
    private let pending: [Slug: TenantChange]
    /// Of the settled tenants alone.
    let settledIndex: PlanningIndex
    /// Of the pending tenants alone, as they shall be; what is in force of them is its previous.
    let changed: PlanningIndex

    /// Nothing differs yet.
    public init(_ base: PlanningIndex) {
        self.init(base, settled: [:], pending: [:], revision: base.organization.organization.revision)
    }

    private init(
        _ base: PlanningIndex, settled: [Slug: Tenant?], pending: [Slug: TenantChange], revision: String
    ) {
        self.base = base
        self.settled = settled
        self.pending = pending
        settledIndex = PlanningIndex(tenants: settled.values.compactMap(\.self), of: base)
        changed = PlanningIndex(
            tenants: pending.values.compactMap(\.after), before: pending.values.compactMap(\.before), of: base,
            revision: revision)
    }

    /// The revision that it describes.
    public var revision: String { changed.organization.organization.revision }

    /// The tenants that differ from what is in force.
    public var names: Set<Slug> { Set(pending.keys) }

    /// The tenant as it is in force.
    public func tenantInForce(_ name: Slug) -> Tenant? {
        settled[name] ?? base.organization.organization.tenant(name)
    }

    /// With tenants as their changed files say; nil in place of one whose file is gone.
    ///
    /// Nil where a name of a changed tenant's group is another tenant's too: that is a matter of the whole
    /// organisation, and only a full plan tells whose it is.
    public func changing(_ tenants: [Slug: Tenant?], revision: String) -> RevisedIndex? {
        var pending = pending
        for (name, tenant) in tenants {
            pending[name] = TenantChange(name: name, before: tenantInForce(name), after: tenant)
        }
        let revised = RevisedIndex(base, settled: settled, pending: pending, revision: revision)
        return revised.sharesNames ? nil : revised
    }

    /// The same, once what changed is in force and `upkeep`, that of its plan, is recorded beside what was `recorded`.
    public func settling(_ upkeep: Upkeep, recorded: RecordedState) -> RevisedIndex {
        let settled = settled.merging(pending.mapValues(\.after)) { _, last in last }
        let bindings = base.bindings.applying(upkeep, to: recorded)
        let base = PlanningIndex(
            organization: base.organization, layouts: base.layouts, bindings: bindings, previous: base.previous)
        return RevisedIndex(base, settled: settled, pending: [:], revision: revision)
    }

    /// Whether the base's word on a tenant still holds.
    func isUntouched(_ name: Slug) -> Bool { settled[name] == nil && pending[name] == nil }

    /// Whether a tenant or core sector outside of what is pending has a group of that name.
    func isElsewhere(slug: String) -> Bool {
        if let owner = base.organization.owner(ofSlug: slug), isUntouched(owner) { return true }
        return settledIndex.organization.owner(ofSlug: slug).map { pending[$0] == nil } ?? false
    }

    private var sharesNames: Bool {
        changed.organization.groups.contains { group in
            isElsewhere(slug: group.slug)
                || changed.organization.owner(ofSlug: group.slug) != changed.organization.units[Int(group.unit)].name
        }
    }
}

extension PlanningIndex {
    /// Of some tenants of a whole index's organisation, the core aside.
    fileprivate init(tenants: [Tenant], before: [Tenant]? = nil, of whole: PlanningIndex, revision: String? = nil) {
        let organization = whole.organization.organization
        let abilities = Dictionary(
            whole.layouts.map { ($0.target.name, $0.abilities) }, uniquingKeysWith: { first, _ in first })
        func index(_ tenants: [Tenant], _ revision: String) -> Previous {
            var small = organization.narrowed(to: tenants)
            small.revision = revision
            let index = OrganizationIndex(small, includesCore: false)
            return Previous(organization: index, layouts: Self.layouts(of: index, abilities: abilities))
        }
        let own = index(tenants, revision ?? organization.revision)
        self.init(
            organization: own.organization, layouts: own.layouts, bindings: whole.bindings,
            previous: before.map { index($0, organization.revision) })
    }
}
