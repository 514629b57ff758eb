import AccessModel

extension SchemaDecoder {
    /// Reads `separation_of_duties` of `platform.yaml`; whether the groups are there is known once everything is read.
    mutating func separations(_ node: Int) -> [SeparationRule] {
        let shape = Shape(name: "a rule of separation", required: ["name", "groups"])
        var names: Set<Slug> = []
        return (list(node, "separation_of_duties") ?? []).compactMap { entry -> SeparationRule? in
            guard let fields = self.fields(entry, shape) else { return nil }
            var groups: [String] = []
            if let node = fields["groups"] {
                for entry in list(node, "groups") ?? [] {
                    guard let group = text(entry, "groups", "a group's slug") else { continue }
                    if groups.contains(group) {
                        error("duplicate-name", entry, "the group \(group.quoted) is named twice; keep one")
                    }
                    groups.append(group)
                }
                if groups.count < 2, tree.kind(node) == .sequence {
                    error("too-few-groups", node, "a rule of separation needs two groups at least")
                }
            }
            guard let nameNode = fields["name"], let name = slug(nameNode, "name"),
                isNew(name, nameNode, "rule of separation", in: &names)
            else { return nil }
            return SeparationRule(name: name, groups: groups, place: tree.place(entry))
        }
    }
}

extension Organization {
    /// Groups of rules of separation that are not there. A slug or a path names one; the slug is what stays.
    mutating func resolveSeparations() -> [Diagnostic] {
        guard !platform.separations.isEmpty else { return [] }
        let groups = groups
        let slugs = Set(groups.map { slug(of: $0) })
        var diagnostics: [Diagnostic] = []
        for number in platform.separations.indices {
            let rule = platform.separations[number]
            platform.separations[number].groups = rule.groups.map { name in
                if slugs.contains(name) { return name }
                if let group = Group(name), slugs.contains(slug(of: group)) { return slug(of: group) }
                let hint = NearestName.suggestion(for: name, among: slugs.sorted())
                diagnostics.append(
                    Diagnostic(
                        severity: .error, code: "unknown-group", place: rule.place,
                        message: "the rule `\(rule.name)` names \(name.quoted), and there is no such group\(hint)"))
                return name
            }
        }
        return diagnostics
    }
}
