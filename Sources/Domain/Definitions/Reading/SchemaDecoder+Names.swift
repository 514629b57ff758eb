import AccessModel

// Names that refer to something else. Where that part is not known, the grammar alone is checked.
extension SchemaDecoder {
    /// Nil for a name that is not there; reported unless sectors are not known.
    mutating func sector(_ node: Int, _ label: String) -> SectorDefinition? {
        guard let name = slug(node, label) else { return nil }
        if let sector = scope.sector(name) { return sector }
        if scope.knowsSectors { unknown("sector", name.text, node, scope.sectors.map(\.name.text)) }
        return nil
    }

    /// A tier of the platform, and of the `sectors` if they are given.
    mutating func tier(_ node: Int, _ label: String, of sectors: [SectorDefinition]? = nil) -> TierDefinition? {
        guard let name = slug(node, label) else { return nil }
        return tier(named: name, node, of: sectors)
    }

    /// The same for a name that was read already.
    mutating func tier(named name: Slug, _ node: Int, of sectors: [SectorDefinition]? = nil) -> TierDefinition? {
        guard let tier = scope.tier(name) else {
            if scope.knowsTiers { unknown("tier", name.text, node, scope.tiers.map(\.name.text)) }
            return nil
        }
        if let sectors, !sectors.isEmpty, scope.knowsSectors {
            let tiers = scope.tiers(of: sectors).map(\.name)
            if !tiers.contains(name) {
                error(
                    "unknown-tier", node,
                    "no sector of this entry has the tier `\(name)`; it has \(Self.listed(tiers.map(\.text)))")
                return nil
            }
        }
        return tier
    }

    /// Nil for a target that is not there; reported unless targets are not known.
    mutating func target(_ node: Int, _ label: String) -> Slug? {
        guard let name = slug(node, label) else { return nil }
        guard scope.knowsTargets, scope.targets[name] == nil else { return name }
        unknown("target", name.text, node, scope.targets.keys.sorted().map(\.text))
        return nil
    }

    mutating func unknown(_ kind: String, _ name: String, _ node: Int, _ known: [String]) {
        let otherwise = known.count <= 12 ? "; known are \(Self.listed(known))" : ""
        let hint = NearestName.suggestion(for: name, among: known, otherwise: otherwise)
        error("unknown-\(kind)", node, "there is no \(kind) \(name.quoted)\(hint)")
    }

    /// Reports a name that a list gives twice.
    mutating func isNew(_ name: Slug, _ node: Int, _ kind: String, in seen: inout Set<Slug>) -> Bool {
        if seen.insert(name).inserted { return true }
        error("duplicate-name", node, "the \(kind) `\(name)` is named twice; keep one")
        return false
    }
}
