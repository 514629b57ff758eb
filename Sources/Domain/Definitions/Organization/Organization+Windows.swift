import AccessModel

extension Organization {
    /// What holds for the windows of a group; nil for reader and operator, which have none, and for a group that is
    /// not there.
    ///
    /// The platform's defaults, then the strictest of the tenant's sectors, then what the tenant or the core group
    /// overrides; never looser than its compliance asks or the ceiling allows.
    public func jitRule(for group: Group) -> JITRule? {
        guard let tier = platform.tier(group.tier),
            let base = platform.windowRule(of: sectors(of: group.tenant), tier: tier, role: group.role)
        else { return nil }
        let tenant = tenant(group.tenant)
        let override =
            tenant.map { $0.jitOverrides[JITKey(tier: group.tier, role: group.role)] }
            ?? core.groups.first { $0.group == group }?.jit
        let floor = platform.complianceFloor(tenant?.compliance ?? [], tier: tier, role: group.role)
        var rule = base.applying(override ?? JITOverride()).tightened(by: floor)
        rule.maximumDuration = min(rule.maximumDuration, platform.maximumWindow)
        return rule
    }
}

extension Platform {
    /// The rule before a tenant's own word: the strictest of those of its sectors that have the tier. Nil for a role
    /// without windows, and where no sector has the tier.
    public func windowRule(of sectors: [SectorDefinition], tier: TierDefinition, role: Role) -> JITRule? {
        guard role == .admin || role == .contributor else { return nil }
        let rules = sectors.filter { $0.tiers?.contains(tier.name) ?? true }.map { sector in
            defaultRule(tier: tier, role: role).applying(sectorOverride(sector, tier: tier, role: role))
        }
        return rules.dropFirst().reduce(rules.first) { $0?.strictest(with: $1) }
    }

    /// What the tier's class (`live` or `sandbox`) and the tier itself say, over the built-in defaults.
    public func defaultRule(tier: TierDefinition, role: Role) -> JITRule {
        keys(tier, role).reduce(Self.builtIn(isLive: tier.isLive, role: role)) { rule, key in
            rule.applying(jit[key] ?? JITOverride())
        }
    }

    /// What the regimes forbid to loosen, strictest first of all; empty where none has a word on the tier and role.
    public func complianceFloor(_ regimes: [Slug], tier: TierDefinition, role: Role) -> JITOverride {
        var floor = JITOverride()
        for regime in regimes {
            var own = JITOverride()
            if tier.isLive, role == .admin, Self.builtInRegimes.contains(regime.text) { own = Self.strictWindow }
            for key in keys(tier, role) { own = own.overridden(by: compliance[regime]?[key] ?? JITOverride()) }
            floor = floor.strictest(with: own)
        }
        return floor
    }

    /// The regimes that are known without a word in `platform.yaml`.
    public static let builtInRegimes: Set<String> = ["pci-dss", "hipaa"]

    private static let strictWindow = JITOverride(
        approval: .twoParty, maximumDuration: .hours(1), justificationRequired: true)

    private static func builtIn(isLive: Bool, role: Role) -> JITRule {
        switch (isLive, role) {
        case (false, .admin): JITRule(approval: .peer, maximumDuration: .hours(4), justificationRequired: false)
        case (false, _): JITRule(approval: .`self`, maximumDuration: .hours(8), justificationRequired: false)
        case (true, .admin): JITRule(approval: .peer, maximumDuration: .hours(2), justificationRequired: true)
        case (true, _): JITRule(approval: .`self`, maximumDuration: .hours(4), justificationRequired: true)
        }
    }

    /// The class first, so that the tier's own key has the last word.
    private func keys(_ tier: TierDefinition, _ role: Role) -> [JITKey] {
        let own = JITKey(tier: tier.name, role: role)
        guard let className = Slug(tier.isLive ? "live" : "sandbox"), className != tier.name else { return [own] }
        return [JITKey(tier: className, role: role), own]
    }

    private func sectorOverride(_ sector: SectorDefinition, tier: TierDefinition, role: Role) -> JITOverride {
        if sector.jit.isEmpty, sector.name.text == "security", tier.isLive, role == .admin { return Self.strictWindow }
        return sector.jit[JITKey(tier: tier.name, role: role)] ?? JITOverride()
    }
}

extension JITRule {
    /// This rule with what the override names.
    public func applying(_ override: JITOverride) -> JITRule {
        JITRule(
            approval: override.approval ?? approval, maximumDuration: override.maximumDuration ?? maximumDuration,
            justificationRequired: override.justificationRequired ?? justificationRequired)
    }

    /// The stricter of the two in each respect.
    public func strictest(with other: JITRule) -> JITRule {
        JITRule(
            approval: max(approval, other.approval), maximumDuration: min(maximumDuration, other.maximumDuration),
            justificationRequired: justificationRequired || other.justificationRequired)
    }

    /// Never looser than the floor in what it names.
    public func tightened(by floor: JITOverride) -> JITRule { strictest(with: applying(floor)) }
}

extension JITOverride {
    /// The stricter of the two in each respect that either names.
    public func strictest(with other: JITOverride) -> JITOverride {
        func pick<Value>(_ left: Value?, _ right: Value?, _ stricter: (Value, Value) -> Value) -> Value? {
            guard let left, let right else { return left ?? right }
            return stricter(left, right)
        }
        return JITOverride(
            approval: pick(approval, other.approval, max),
            maximumDuration: pick(maximumDuration, other.maximumDuration, min),
            justificationRequired: pick(justificationRequired, other.justificationRequired) { $0 || $1 },
            place: place ?? other.place)
    }

    fileprivate func overridden(by other: JITOverride) -> JITOverride {
        JITOverride(
            approval: other.approval ?? approval, maximumDuration: other.maximumDuration ?? maximumDuration,
            justificationRequired: other.justificationRequired ?? justificationRequired, place: other.place ?? place)
    }
}
