import AccessModel

extension SchemaDecoder {
    /// A core group, and where its `eligible_from` stands: it can be checked only once all groups are read.
    private struct CoreDraft {
        var group: CoreGroup
        var eligibleFrom: Int?
    }

    /// Reads `core-iam.yaml`.
    mutating func coreIAM() -> CoreIAM? {
        let shape = Shape(
            name: "core-iam.yaml", optional: ["identity_provider", "jit_tool", "sectors", "cross_sector_reads"])
        guard let fields = fields(YAMLTree.root, shape, isRoot: true) else { return nil }
        var core = CoreIAM()
        if let node = fields["identity_provider"], let name = target(node, "identity_provider") {
            core.identityProvider = name
            if let target = scope.targets[name], !target.isIdentityProvider {
                error(
                    "not-identity-provider", node,
                    "the target `\(name)` is no identity provider; set `identity_provider: true` there, or name another"
                )
            }
        }
        core.jitTool = fields["jit_tool"].flatMap { word($0, "jit_tool") } ?? .tenure
        var drafts: [CoreDraft] = []
        var seen: Set<Slug> = []
        for node in fields["sectors"].flatMap({ list($0, "sectors") }) ?? [] {
            drafts += coreSector(node, &seen)
        }
        checkEligibility(drafts)
        core.groups = drafts.map(\.group)
        core.crossSectorReads = fields["cross_sector_reads"].map { crossSectorReads($0) } ?? []
        return core
    }

    private mutating func coreSector(_ node: Int, _ seen: inout Set<Slug>) -> [CoreDraft] {
        guard let fields = fields(node, Shape(name: "a core sector", required: ["name", "tiers"])),
            let nameNode = fields["name"], let name = slug(nameNode, "name"),
            isNew(name, nameNode, "sector", in: &seen)
        else { return [] }
        let sector = scope.sector(name)
        if sector == nil, scope.knowsSectors {
            unknown("sector", name.text, nameNode, scope.sectors.filter(\.isCore).map(\.name.text))
            return []
        }
        if let sector, !sector.isCore {
            error(
                "not-core-sector", nameNode,
                "`\(name)` is no core sector; set `core: true` in platform.yaml, or define it under tenants/")
            return []
        }
        var tiers: Set<Slug> = []
        var drafts: [CoreDraft] = []
        for node in fields["tiers"].flatMap({ list($0, "tiers") }) ?? [] {
            guard let fields = self.fields(node, Shape(name: "a core tier", required: ["name", "groups"])),
                let nameNode = fields["name"], let tier = slug(nameNode, "name"),
                isNew(tier, nameNode, "tier", in: &tiers),
                self.tier(named: tier, nameNode, of: sector.map { [$0] }) != nil || !scope.knowsTiers
            else { continue }
            if let groups = fields["groups"] { drafts += coreGroups(groups, name, tier) }
        }
        return drafts
    }

    private mutating func coreGroups(_ node: Int, _ sector: Slug, _ tier: Slug) -> [CoreDraft] {
        let shape = Shape(name: "`groups`", optional: Role.allCases.map(\.plural))
        guard let fields = fields(node, shape) else { return [] }
        return Role.allCases.compactMap { role in
            guard let node = fields[role.plural], let fields = self.fields(node, Self.coreShape(role)) else {
                return nil
            }
            return coreGroup(fields, Group(tenant: sector, tier: tier, role: role))
        }
    }

    private static func coreShape(_ role: Role) -> Shape {
        func refused(_ names: [String], _ code: String, _ message: String) -> [RefusedKey] {
            names.map { RefusedKey(name: $0, code: code, message: message) }
        }
        var shape = Shape(name: "a group of role \(role.rawValue)", optional: ["name", "type"])
        let noWorkloads = refused(
            ["workload_identity"], "workload-in-human-group", "only an operator group holds workloads; declare it there"
        )
        switch role {
        case .operator:
            shape.optional.append("workload_identity")
            shape.refused =
                refused(["members"], "human-operator", operatorsAreWorkloads)
                + refused(["jit"], "standing-role", "an operator group has no windows; its workloads stand")
        case .admin, .contributor:
            shape.optional += ["jit", "members", "standing"]
            shape.refused = noWorkloads
        case .reader:
            shape.optional += ["members", "standing"]
            shape.refused =
                noWorkloads + refused(["jit"], "standing-role", "a reader group has no windows; its readers stand")
        }
        return shape
    }

    private mutating func coreGroup(_ fields: Fields, _ group: Group) -> CoreDraft {
        let slug = scope.platform?.naming.slug(of: group)
        var core = CoreGroup(group: group, slug: slug ?? group.path, place: tree.place(fields.node))
        if let node = fields["name"], let name = text(node, "name", "the group's name") {
            if let slug, name != slug {
                error("group-name-mismatch", node, "\(name.quoted) must be `\(slug)`, as the naming template gives it")
            }
            core.place = tree.place(node)
        }
        if let node = fields["type"], let type: MemberType = word(node, "type") { checkType(type, node, group.role) }
        if let node = fields["standing"], let isStanding = bool(node, "standing") {
            checkStanding(isStanding, node, group)
        }
        if let node = fields["members"] {
            core.members = people(node, "members")
            refuseRepeated(core.members, of: "members")
        }
        if let node = fields["workload_identity"] {
            core.workloads = workloads(node, tenant: group.tenant, tierName: group.tier)
        }
        var draft = CoreDraft(group: core)
        let windowShape = Shape(
            name: "a just-in-time rule",
            optional: ["eligible_from", "approval", "max_duration_hours", "justification_required"])
        if let node = fields["jit"], let fields = self.fields(node, windowShape) {
            let sectors = scope.sector(group.tenant).map { [$0] } ?? []
            let limits = overrideLimits(sectors, [])(JITKey(tier: group.tier, role: group.role))
            draft.group.jit = window(fields, limits)
            draft.eligibleFrom = fields["eligible_from"]
            draft.group.eligibleFrom = draft.eligibleFrom.flatMap { text($0, "eligible_from", "a core group's name") }
        }
        return draft
    }

    private enum MemberType: String, CaseIterable {
        case human
        case nonHuman = "non-human"
    }

    private mutating func checkType(_ type: MemberType, _ node: Int, _ role: Role) {
        switch (type, role) {
        case (.human, .operator): error("human-operator", node, Self.operatorsAreWorkloads)
        case (.nonHuman, .admin), (.nonHuman, .contributor), (.nonHuman, .reader):
            error("group-type-mismatch", node, "a group of role \(role.rawValue) holds people; write `human`")
        case (.human, _), (.nonHuman, .operator): break
        }
    }

    private mutating func checkStanding(_ isStanding: Bool, _ node: Int, _ group: Group) {
        if group.role == .reader {
            if !isStanding { error("standing-role", node, "readers always stand; write `true` or leave this out") }
        } else if isStanding, scope.tier(group.tier)?.isLive == true {
            error(
                "standing-write-in-live", node,
                "nobody writes in the live tier `\(group.tier)` without a window; leave this out")
        } else if isStanding {
            error("standing-role", node, "in a core group only readers stand; leave this out")
        }
    }

    /// `eligible_from` names a core group that holds each who is eligible. Whoever is listed under admins or
    /// contributors is a reader of the same tier, listed there or not.
    private mutating func checkEligibility(_ drafts: [CoreDraft]) {
        let names = coreNames()
        var holders: [String: Set<EmailAddress>] = [:]
        for draft in drafts {
            let group = draft.group.group
            holders[draft.group.slug, default: []].formUnion(draft.group.members.map(\.email))
            guard group.role == .admin || group.role == .contributor, let naming = scope.platform?.naming else {
                continue
            }
            let readers = naming.slug(of: Group(tenant: group.tenant, tier: group.tier, role: .reader))
            holders[readers, default: []].formUnion(draft.group.members.map(\.email))
        }
        for draft in drafts {
            guard let name = draft.group.eligibleFrom, let node = draft.eligibleFrom, let names else { continue }
            guard names.contains(name) else {
                unknown("group", name, node, names.sorted())
                continue
            }
            let holders = holders[name] ?? []
            for person in draft.group.members where !holders.contains(person.email) {
                report(
                    .error, "not-eligible", person.place,
                    "`\(person.email)` is not in `\(name)`, from which this group's members come; add them there or "
                        + "leave them out here")
            }
        }
    }

    /// What the core sectors' groups are called, those that the file leaves out among them; nil where the platform
    /// is not known.
    private func coreNames() -> Set<String>? {
        guard let naming = scope.platform?.naming, scope.knowsSectors, scope.knowsTiers else { return nil }
        return Set(
            scope.sectors.filter(\.isCore).flatMap { sector in
                scope.tiers(of: [sector]).flatMap { tier in
                    Role.allCases.map { naming.slug(of: Group(tenant: sector.name, tier: tier.name, role: $0)) }
                }
            })
    }

    private mutating func crossSectorReads(_ node: Int) -> [CrossSectorRead] {
        let names = coreNames()
        let shape = Shape(
            name: "a cross-sector read", required: ["group", "target_sector", "target_tier", "reason"])
        var seen: Set<String> = []
        return (list(node, "cross_sector_reads") ?? []).compactMap { entry -> CrossSectorRead? in
            guard let fields = fields(entry, shape) else { return nil }
            let group = fields["group"].flatMap { text($0, "group", "a core group's name") }
            if let node = fields["group"], let group, let names, !names.contains(group) {
                unknown("group", group, node, names.sorted())
            }
            let sector = fields["target_sector"].flatMap { self.sector($0, "target_sector") }
            let tier = fields["target_tier"].flatMap { self.tier($0, "target_tier", of: sector.map { [$0] }) }
            let reason = fields["reason"].flatMap { text($0, "reason", "the reason for it", allowsLines: true) }
            guard let group, let sector, let tier, let reason else { return nil }
            if !seen.insert("\(group) \(sector.name) \(tier.name)").inserted {
                error("duplicate-name", entry, "this read is listed twice; keep one")
            }
            return CrossSectorRead(
                groupSlug: group, targetSector: sector.name, targetTier: tier.name, reason: reason,
                place: tree.place(entry))
        }
    }
}
