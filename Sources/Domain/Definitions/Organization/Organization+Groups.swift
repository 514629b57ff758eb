import AccessModel

/// One list of names in the files, and how a recorded entry of it is keyed.
public struct MemberList: Sendable {
    /// The tenant, or the core sector.
    public let tenant: Slug
    /// `admins`, `contributors`, `readers`; for a core group its slug.
    public let name: String
    public let people: [ListedPerson]

    public init(tenant: Slug, name: String, people: [ListedPerson]) {
        self.tenant = tenant
        self.name = name
        self.people = people
    }
}

extension Organization {
    /// Binary search; tenants are sorted by name.
    public func tenant(_ name: Slug) -> Tenant? {
        var low = 0
        var high = tenants.count
        while low < high {
            let middle = (low + high) / 2
            if tenants[middle].name < name { low = middle + 1 } else { high = middle }
        }
        return low < tenants.count && tenants[low].name == name ? tenants[low] : nil
    }

    public func target(_ name: Slug) -> TargetDefinition? { targets.first { $0.name == name } }

    /// The sectors of a tenant; a core sector is its own; of an unknown name, none.
    public func sectors(of name: Slug) -> [SectorDefinition] {
        if let tenant = tenant(name) { return tenant.sectors.compactMap { platform.sector($0) } }
        return platform.sector(name).map { $0.isCore ? [$0] : [] } ?? []
    }

    /// The tiers of a tenant or a core sector: those of all its sectors, in the platform's order.
    public func tiers(of name: Slug) -> [TierDefinition] { platform.tiers(of: sectors(of: name)) }

    /// Every group there is: of each tenant and each core sector, in each of its tiers, in each role; sorted.
    public var groups: [Group] {
        let names = tenants.map(\.name) + platform.sectors.filter(\.isCore).map(\.name)
        return names.flatMap { groups(of: $0) }.sorted()
    }

    /// The groups of one tenant or core sector; of an unknown name, none.
    public func groups(of name: Slug) -> [Group] {
        tiers(of: name).flatMap { tier in Role.allCases.map { Group(tenant: name, tier: tier.name, role: $0) } }
    }

    /// What a group is called in every target. Only readers under `cross_tier_readers` share one.
    public func slug(of group: Group) -> String { platform.naming.slug(of: group) }

    /// The lists whose people stand in a group without a window.
    ///
    /// Reader: all three lists. Contributor: contributors and admins, in a tier that the tenant names under
    /// `standing`. Admin and operator: nobody.
    public func standingLists(of group: Group) -> [MemberList] {
        switch group.role {
        case .reader: return lists(of: group, roles: [.admin, .contributor, .reader])
        case .contributor:
            guard tenant(group.tenant)?.standingContributorTiers.contains(group.tier) == true else { return [] }
            return lists(of: group, roles: [.admin, .contributor])
        case .admin, .operator: return []
        }
    }

    /// The lists whose people may ask for a window on a group.
    ///
    /// Admin: admins. Contributor: contributors and admins; in a tenant's tier that is not live, readers too. Reader
    /// and operator have no windows.
    public func eligibleLists(for group: Group) -> [MemberList] {
        switch group.role {
        case .admin: return lists(of: group, roles: [.admin])
        case .contributor:
            let isOpen = tenant(group.tenant) != nil && platform.tier(group.tier)?.isLive == false
            return lists(of: group, roles: isOpen ? [.admin, .contributor, .reader] : [.admin, .contributor])
        case .reader, .operator: return []
        }
    }

    /// The lists whose people approve windows on a group, the requester aside: the tenant's admins, for contributor
    /// also its contributors.
    public func approverLists(for group: Group) -> [MemberList] {
        switch group.role {
        case .admin: lists(of: group, roles: [.admin])
        case .contributor: lists(of: group, roles: [.admin, .contributor])
        case .reader, .operator: []
        }
    }

    /// Those who make up the number where a tenant has too few approvers: eligible for admin of the sector
    /// `platform` in the same tier.
    public func substituteApproverLists(for group: Group) -> [MemberList] {
        guard let platform = Slug("platform"), group.role == .admin || group.role == .contributor else { return [] }
        return lists(of: Group(tenant: platform, tier: group.tier, role: .admin), roles: [.admin])
    }

    /// The members of an operator group; of any other, none.
    public func workloads(of group: Group) -> [Workload] {
        guard group.role == .operator else { return [] }
        if let tenant = tenant(group.tenant) { return tenant.workloads.filter { $0.tier == group.tier } }
        return core.groups.first { $0.group == group }?.workloads ?? []
    }

    /// Where a group's role is assigned in a target: the sectors of the group's tenant that the target covers.
    /// Empty when the target does not cover the group.
    public func coveredSectors(of group: Group, in target: TargetDefinition) -> [Slug] {
        sectors(of: group.tenant).filter { sector in
            platform.tiers(of: [sector]).contains { $0.name == group.tier }
                && target.covers.covers(sector: sector.name, tier: group.tier, tenant: group.tenant)
        }.map(\.name)
    }

    private func lists(of group: Group, roles: [Role]) -> [MemberList] {
        if let tenant = tenant(group.tenant) {
            return roles.map { role in
                MemberList(tenant: group.tenant, name: role.plural, people: tenant.people(of: role))
            }.filter { !$0.people.isEmpty }
        }
        return core.groups.compactMap { core in
            guard core.group.tenant == group.tenant, core.group.tier == group.tier, roles.contains(core.group.role),
                !core.members.isEmpty
            else { return nil }
            return MemberList(tenant: group.tenant, name: core.slug, people: core.members)
        }
    }
}

extension Tenant {
    /// The list of a role; operator has none.
    public func people(of role: Role) -> [ListedPerson] {
        switch role {
        case .admin: admins
        case .contributor: contributors
        case .reader: readers
        case .operator: []
        }
    }
}

extension Platform {
    public func sector(_ name: Slug) -> SectorDefinition? { sectors.first { $0.name == name } }

    public func tier(_ name: Slug) -> TierDefinition? { tiers.first { $0.name == name } }

    /// The tiers that any of the sectors has, in the platform's order.
    public func tiers(of sectors: [SectorDefinition]) -> [TierDefinition] {
        tiers.filter { tier in sectors.contains { $0.tiers?.contains(tier.name) ?? true } }
    }
}

extension Naming {
    public func slug(of group: Group) -> String {
        if crossTierReaders, group.role == .reader { return group.tenant.text + "-" + group.role.plural }
        var template = template
        return template.withUTF8 { bytes in
            var slug = ""
            var rest = bytes[...]
            while let open = rest.firstIndex(of: UInt8(ascii: "{")),
                let close = rest[open...].firstIndex(of: UInt8(ascii: "}"))
            {
                slug += String(decoding: rest[..<open], as: UTF8.self)
                let placeholder = String(decoding: rest[open...close], as: UTF8.self)
                switch placeholder {
                case "{tenant}": slug += group.tenant.text
                case "{tier}": slug += group.tier.text
                case "{role}": slug += group.role.rawValue
                case "{roles}": slug += group.role.plural
                default: slug += placeholder
                }
                rest = rest[(close + 1)...]
            }
            return slug + String(decoding: rest, as: UTF8.self)
        }
    }
}
