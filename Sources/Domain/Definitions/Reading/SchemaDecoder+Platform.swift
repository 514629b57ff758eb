import AccessModel

extension SchemaDecoder {
    private static let platformShape = Shape(
        name: "platform.yaml", required: ["organization", "domains", "sectors", "tiers"],
        optional: [
            "regions", "naming", "jit", "compliance", "ceilings", "guards", "mover", "break_glass", "timezone",
            "retention", "separation_of_duties",
        ])

    /// Reads `platform.yaml` into the scope.
    mutating func readPlatform() {
        guard let fields = fields(YAMLTree.root, Self.platformShape, isRoot: true) else { return }
        let organization = fields["organization"].flatMap { slug($0, "organization") }
        var stays: [Person.Kind: Int] = [:]
        scope.maximumWindow = fields["ceilings"].map { ceilings($0, &stays) } ?? .hours(12)
        if let node = fields["domains"] { readDomains(node) }
        if let node = fields["tiers"] { readTiers(node) }
        if let node = fields["sectors"] { readSectors(node) }
        // A stand-in for the name: with an error in the files, the organisation is not handed out.
        guard let name = organization ?? Slug("unnamed") else { return }
        var platform = Platform(
            organization: name, domains: scope.domains ?? [], sectors: scope.sectors, tiers: scope.tiers)
        platform.maximumWindow = scope.maximumWindow ?? platform.maximumWindow
        platform.maximumStay = stays
        platform.regions = fields["regions"].map { regions($0) } ?? []
        platform.naming = fields["naming"].map { self.naming($0) } ?? Naming()
        let classes = ["live", "sandbox"].compactMap { Slug($0) }
        platform.jit = fields["jit"].map { windows($0, "jit", alsoFor: classes, limits: platformLimits()) } ?? [:]
        platform.compliance = fields["compliance"].map { regimes($0, classes) } ?? [:]
        platform.guards = fields["guards"].map { guards($0) } ?? Guards()
        platform.mover = fields["mover"].map { mover($0) } ?? MoverRule()
        platform.breakGlass = fields["break_glass"].flatMap { breakGlass($0) }
        platform.separations = fields["separation_of_duties"].map { separations($0) } ?? []
        platform.timezone = fields["timezone"].flatMap { timezone($0) } ?? "UTC"
        platform.disabledAccountRetention = fields["retention"].flatMap { retention($0) } ?? .days(30)
        scope.platform = platform
    }

    // MARK: Who and where

    private mutating func readDomains(_ node: Int) {
        guard let entries = list(node, "domains", mayBeEmpty: false) else { return }
        var domains: Set<String> = []
        var isWhole = true
        for entry in entries {
            guard let text = text(entry, "domains", "a domain") else {
                isWhole = false
                continue
            }
            guard let address = EmailAddress("a@" + text) else {
                error("bad-domain", entry, "\(text.quoted) is no domain; write one such as `mountainlab.io`")
                isWhole = false
                continue
            }
            if !domains.insert(String(address.domain)).inserted {
                error("duplicate-name", entry, "the domain \(text.quoted) is named twice; keep one")
            }
        }
        scope.domains = isWhole ? domains.sorted() : nil
    }

    private mutating func readTiers(_ node: Int) {
        guard let entries = list(node, "tiers", mayBeEmpty: false) else { return }
        scope.knowsTiers = true
        var seen: Set<Slug> = []
        for entry in entries {
            guard let fields = fields(entry, Shape(name: "a tier", required: ["name"], optional: ["live"])),
                let node = fields["name"], let name = slug(node, "name"), isNew(name, node, "tier", in: &seen)
            else {
                scope.knowsTiers = false
                continue
            }
            let isLive = fields["live"].map { bool($0, "live") } ?? false
            if isLive == nil { scope.knowsTiers = false }
            scope.tiers.append(TierDefinition(name: name, isLive: isLive ?? true))
        }
    }

    private mutating func readSectors(_ node: Int) {
        guard let entries = list(node, "sectors", mayBeEmpty: false) else { return }
        var knowsAll = true
        var seen: Set<Slug> = []
        for entry in entries {
            guard let sector = sector(entry, &seen) else {
                knowsAll = false
                continue
            }
            scope.sectors.append(sector)
        }
        scope.knowsSectors = knowsAll
    }

    private mutating func sector(_ node: Int, _ seen: inout Set<Slug>) -> SectorDefinition? {
        let shape = Shape(name: "a sector", required: ["name"], optional: ["core", "tiers", "jit"])
        guard let fields = fields(node, shape), let nameNode = fields["name"], let name = slug(nameNode, "name"),
            isNew(name, nameNode, "sector", in: &seen)
        else { return nil }
        var sector = SectorDefinition(name: name, place: tree.place(nameNode))
        if let node = fields["core"] {
            guard let isCore = bool(node, "core") else { return nil }
            sector.isCore = isCore
        }
        if let node = fields["tiers"] {
            guard let entries = list(node, "tiers", mayBeEmpty: false) else { return nil }
            var names: Set<Slug> = []
            sector.tiers = entries.compactMap { entry in
                guard let tier = tier(entry, "tiers"), isNew(tier.name, entry, "tier", in: &names) else { return nil }
                return tier.name
            }
        }
        if let node = fields["jit"] {
            sector.jit = windows(node, "jit", of: [sector], limits: platformLimits())
        }
        return sector
    }

    private mutating func regions(_ node: Int) -> [Slug] {
        var seen: Set<Slug> = []
        return (list(node, "regions") ?? []).compactMap { entry in
            guard let fields = fields(entry, Shape(name: "a region", required: ["name"])), let node = fields["name"],
                let name = slug(node, "name"), isNew(name, node, "region", in: &seen)
            else { return nil }
            return name
        }
    }

    // MARK: Windows

    private mutating func ceilings(_ node: Int, _ stays: inout [Person.Kind: Int]) -> Span? {
        let kinds: [Person.Kind] = [.contractor, .external]
        let shape = Shape(name: "`ceilings`", optional: ["max_duration_hours"] + kinds.map(\.rawValue))
        guard let fields = fields(node, shape) else { return nil }
        for kind in kinds {
            guard let node = fields[kind.rawValue], let stay = span(node, kind.rawValue) else { continue }
            let day = Span.days(1).milliseconds
            if stay == .zero || stay.milliseconds % day != 0 {
                error("out-of-range", node, "`\(kind.rawValue)` must be whole days, such as `180d`")
            }
            stays[kind] = Int(stay.milliseconds / day)
        }
        return fields["max_duration_hours"].map { hours($0, "max_duration_hours") } ?? .hours(12)
    }

    /// What bounds the organisation's own defaults: the ceiling, and a reason in a live tier.
    private func platformLimits() -> (JITKey) -> WindowLimits {
        let scope = scope
        return { key in
            WindowLimits(
                ceiling: scope.maximumWindow, isLive: scope.tier(key.tier)?.isLive ?? (key.tier.text == "live"))
        }
    }

    private mutating func regimes(_ node: Int, _ classes: [Slug]) -> [Slug: [JITKey: JITOverride]] {
        var regimes: [Slug: [JITKey: JITOverride]] = [:]
        for key in entries(node, "`compliance`") ?? [] {
            guard let name = slug(key, "compliance") else { continue }
            regimes[name] = windows(key + 1, name.text, alsoFor: classes, limits: platformLimits())
        }
        return regimes
    }
}
