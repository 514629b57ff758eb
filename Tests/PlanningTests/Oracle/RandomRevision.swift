import AccessModel
import Definitions
import Planning
import TestSupport

/// A random world whose tenants' files change, revision by revision.
struct RandomRevision {
    private(set) var world: PlanningWorld
    /// The organisation before the newest revision.
    private(set) var inForce: Organization
    /// What the changed tenants' groups are called, before and after the newest revision.
    private(set) var slugs = Set<String>()
    private var random: SeededGenerator

    init(seed: UInt64) {
        world = RandomWorld(seed: seed).world
        random = SeededGenerator(seed: seed &+ 9_000)
        inForce = world.builder.organization
        for target in world.builder.organization.targets where random.chance(70) {
            let groups = world.builder.organization.groups.map { world.builder.organization.slug(of: $0) }
            world.recorded.ownedGroups[target.name, default: []].formUnion(groups)
        }
        for (target, facts) in world.held where random.chance(60) {
            world.recorded.ownedFacts[target, default: []].formUnion(facts.map(\.key))
        }
    }

    /// The tenants that differ; nil for one whose file is gone.
    mutating func next(_ number: Int) -> [Slug: Tenant?] {
        inForce = world.builder.organization
        world.previous = inForce
        var changed: [Slug: Tenant?] = [:]
        for tenant in inForce.tenants where random.chance(45) { change(tenant, number, &changed) }
        if changed.isEmpty || random.chance(20) { add("n\(number)", &changed) }
        var tenants = inForce.tenants.filter { changed[$0.name] == nil }
        tenants += changed.values.compactMap(\.self)
        world.builder.organization.tenants = tenants.sorted { $0.name < $1.name }
        world.builder.organization.revision = "revision-\(number)"
        slugs = []
        for organization in [inForce, world.builder.organization] {
            for name in changed.keys {
                slugs.formUnion(organization.groups(of: name).map { organization.slug(of: $0) })
            }
        }
        return changed
    }

    /// What an apply of the newest revision's plan records of the entries.
    mutating func record(_ upkeep: Upkeep) {
        world.recorded.bindings.merge(upkeep.bindingsToRecord) { first, _ in first }
        for key in upkeep.bindingsToForget { world.recorded.bindings[key] = nil }
    }

    private mutating func change(_ tenant: Tenant, _ number: Int, _ changed: inout [Slug: Tenant?]) {
        switch random.below(10) {
        case 0: changed[tenant.name] = .some(nil)
        case 1:
            // A renamed file: one is gone, another is there.
            changed[tenant.name] = .some(nil)
            var renamed = tenant
            renamed.name = Sample.slug("r\(number)-\(tenant.name)")
            renamed.workloads = []
            changed[renamed.name] = renamed
        default:
            var edited = tenant
            edit(&edited)
            changed[tenant.name] = edited
        }
    }

    private mutating func add(_ name: String, _ changed: inout [Slug: Tenant?]) {
        guard var tenant = inForce.tenants.first else { return }
        tenant.name = Sample.slug(name)
        tenant.workloads = []
        edit(&tenant)
        changed[tenant.name] = tenant
    }

    /// Names come, go and change their list; sectors, standing and workloads differ.
    private mutating func edit(_ tenant: inout Tenant) {
        let all = tenant.admins + tenant.contributors + tenant.readers
        var lists: [[ListedPerson]] = [[], [], []]
        for entry in all where !random.chance(30) { lists[random.below(3)].append(entry) }
        let addresses = Set(all.map(\.email.folded))
        for number in 0..<14 where random.chance(20) {
            let email = Sample.email("p\(number)")
            guard !addresses.contains(email.folded) else { continue }
            let place = SourceLocation(file: "tenants/\(tenant.name).yaml", line: 20, column: number + 1)
            lists[random.below(3)].append(ListedPerson(email: email, place: place))
        }
        (tenant.admins, tenant.contributors, tenant.readers) = (lists[0], lists[1], lists[2])
        if random.chance(20) { tenant.sectors = [Sample.slug(random.pick(["ecommerce", "logistics"]))] }
        if random.chance(20) { tenant.standingContributorTiers = random.chance(50) ? [Sample.slug("sandbox")] : [] }
        if random.chance(30) { tenant.workloads = [] }
        if random.chance(30) { tenant.workloads.append(workload(tenant.name)) }
    }

    private func workload(_ tenant: Slug) -> Workload {
        Workload(
            tenant: tenant, tier: Sample.slug("live"), name: Sample.slug("nightly"), issuer: "https://issuer.example",
            subject: "repo:mountainlab/nightly:environment:live", audience: "api://tenure",
            place: SourceLocation(file: "tenants/\(tenant).yaml", line: 30, column: 3))
    }
}
