import AccessModel

extension SchemaDecoder {
    private static let tenantShape = Shape(
        name: "a tenant", required: ["name", "sectors", "members"],
        optional: ["standing", "workload_identity", "jit_overrides", "compliance"])

    private static let membersShape = Shape(
        name: "`members`", optional: ["admins", "contributors", "readers"],
        refused: ["operators", "operator"].map {
            RefusedKey(name: $0, code: "human-operator", message: operatorsAreWorkloads)
        })

    /// Reads `tenants/NAME.yaml`, where the file is called `name`.
    mutating func tenant(_ fileName: Slug) -> Tenant? {
        guard let fields = fields(YAMLTree.root, Self.tenantShape, isRoot: true) else { return nil }
        var tenant = Tenant(name: fileName, sectors: [], place: tree.place(YAMLTree.root))
        if let node = fields["name"], let name = slug(node, "name") {
            tenant.place = tree.place(node)
            if name != fileName {
                error(
                    "tenant-file-name", node,
                    "the file is called `\(fileName).yaml`, the tenant `\(name)`; make them the same")
            }
        }
        if scope.sector(fileName)?.isCore == true {
            report(
                .error, "core-sector", tenant.place,
                "`\(fileName)` is a core sector; its groups are defined in core-iam.yaml, no tenant bears its name")
            return nil
        }
        let sectors = fields["sectors"].map { tenantSectors($0) } ?? []
        tenant.sectors = sectors.map(\.name)
        if let node = fields["members"] { readMembers(node, into: &tenant) }
        if let node = fields["standing"] { tenant.standingContributorTiers = standing(node, sectors) }
        for key in fields["workload_identity"].flatMap({ entries($0, "`workload_identity`") }) ?? [] {
            guard let name = slug(key, "tier") else { continue }
            guard tier(named: name, key, of: sectors) != nil || !scope.knowsTiers else { continue }
            tenant.workloads += workloads(key + 1, tenant: fileName, tierName: name)
        }
        tenant.compliance = fields["compliance"].map { compliance($0) } ?? []
        if let node = fields["jit_overrides"] {
            let limits = overrideLimits(sectors, tenant.compliance)
            tenant.jitOverrides = windows(node, "jit_overrides", of: sectors, limits: limits)
        }
        return tenant
    }

    private mutating func tenantSectors(_ node: Int) -> [SectorDefinition] {
        var seen: Set<Slug> = []
        return (list(node, "sectors", mayBeEmpty: false) ?? []).compactMap { entry in
            guard let sector = sector(entry, "sectors"), isNew(sector.name, entry, "sector", in: &seen) else {
                return nil
            }
            if sector.isCore {
                error(
                    "core-sector", entry,
                    "`\(sector.name)` is a core sector, owned by the platform team; a tenant names others")
            }
            return sector
        }
    }

    // MARK: Members

    private mutating func readMembers(_ node: Int, into tenant: inout Tenant) {
        guard let fields = fields(node, Self.membersShape) else { return }
        tenant.admins = fields["admins"].map { people($0, "admins") } ?? []
        tenant.contributors = fields["contributors"].map { people($0, "contributors") } ?? []
        tenant.readers = fields["readers"].map { people($0, "readers") } ?? []
        refuseRepeated(in: tenant)
    }

    /// Reports whom two lists name, or one twice.
    private mutating func refuseRepeated(in tenant: Tenant) {
        let people = tenant.admins + tenant.contributors + tenant.readers
        var firsts = NumberTable(capacity: people.count)
        for number in people.indices {
            let email = people[number].email
            let hash = email.hashValue
            guard let first = firsts.first(hash: hash, where: { people[Int($0)].email == email }).map(Int.init) else {
                firsts.insert(UInt32(number), hash: hash)
                continue
            }
            let writers = tenant.admins.count + tenant.contributors.count
            let role: Role = first < tenant.admins.count ? .admin : first < writers ? .contributor : .reader
            report(
                .error, "duplicate-person", people[number].place,
                "`\(email)` stands in `\(role.plural)` already, in line \(people[first].place.line); a person stands in "
                    + "one list of a tenant")
        }
    }

    /// Reports whom one list names twice.
    mutating func refuseRepeated(_ people: [ListedPerson], of list: String) {
        var lines: [EmailAddress: Int] = [:]
        for person in people {
            guard let line = lines.updateValue(person.place.line, forKey: person.email) else { continue }
            report(
                .error, "duplicate-person", person.place,
                "`\(person.email)` stands in `\(list)` already, in line \(line); keep one")
        }
    }

    // MARK: Rules of a tenant

    private mutating func standing(_ node: Int, _ sectors: [SectorDefinition]) -> [Slug] {
        (entries(node, "`standing`") ?? []).compactMap { key in
            guard let tier = tier(key, "standing", of: sectors) else { return nil }
            guard let roles = list(key + 1, tier.name.text) else { return nil }
            var seen: Set<String> = []
            for entry in roles {
                guard let role = text(entry, tier.name.text, "a role") else { continue }
                if !seen.insert(role).inserted {
                    error("duplicate-name", entry, "the role \(role.quoted) is named twice; keep one")
                } else if tier.isLive, role != Role.reader.rawValue {
                    error(
                        "standing-write-in-live", entry,
                        "nobody writes in the live tier `\(tier.name)` without a window; leave this out")
                } else if role != Role.contributor.rawValue {
                    error(
                        "standing-role", entry,
                        "only `contributor` can be named here, not \(role.quoted); readers always stand, admins never")
                }
            }
            return seen.contains(Role.contributor.rawValue) ? tier.name : nil
        }
    }

    private mutating func compliance(_ node: Int) -> [Slug] {
        let known = Platform.builtInRegimes.union(scope.platform?.compliance.keys.map(\.text) ?? [])
        var seen: Set<Slug> = []
        return oneOrMore(node, "compliance").compactMap { entry in
            guard let name = slug(entry, "compliance"), isNew(name, entry, "regime", in: &seen) else { return nil }
            if scope.platform != nil, !known.contains(name.text) {
                unknown("compliance", name.text, entry, known.sorted())
                return nil
            }
            return name
        }
    }

    /// What bounds an override in these sectors under these regimes.
    func overrideLimits(_ sectors: [SectorDefinition], _ regimes: [Slug]) -> (JITKey) -> WindowLimits {
        let scope = scope
        return { key in
            var limits = WindowLimits(ceiling: scope.maximumWindow)
            guard let tier = scope.tier(key.tier), let platform = scope.platform else { return limits }
            limits.isLive = tier.isLive
            limits.leastApproval = platform.windowRule(of: sectors, tier: tier, role: key.role)?.approval
            limits.floor = platform.complianceFloor(regimes, tier: tier, role: key.role)
            return limits
        }
    }
}
