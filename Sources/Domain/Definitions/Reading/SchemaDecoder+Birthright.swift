import AccessModel

extension SchemaDecoder {
    private static let ruleShape = Shape(
        name: "a birthright rule", required: ["name", "match"], optional: ["accounts", "groups"])

    /// Reads `birthright.yaml`.
    mutating func birthright() -> [BirthrightRule] {
        let shape = Shape(name: "birthright.yaml", required: ["rules"])
        guard let fields = fields(YAMLTree.root, shape, isRoot: true), let node = fields["rules"] else { return [] }
        var names: Set<String> = []
        return (list(node, "rules") ?? []).compactMap { entry -> BirthrightRule? in
            guard let fields = self.fields(entry, Self.ruleShape) else { return nil }
            let match = fields["match"].map { self.match($0) } ?? []
            let accounts = fields["accounts"].map { self.accounts($0) } ?? []
            let groups = fields["groups"].map { baselineGroups($0) } ?? []
            if fields["accounts"] == nil, fields["groups"] == nil {
                error("missing-key", entry, "a birthright rule needs `accounts` or `groups`, or it gives nothing")
            }
            guard let nameNode = fields["name"], let name = text(nameNode, "name") else { return nil }
            if !names.insert(name).inserted {
                error("duplicate-name", nameNode, "the rule \(name.quoted) is named twice; give each a name of its own")
            }
            return BirthrightRule(
                name: name, match: match, accounts: accounts, groups: groups, place: tree.place(nameNode))
        }
    }

    private mutating func match(_ node: Int) -> [BirthrightRule.Condition] {
        let attributes = BirthrightRule.Condition.Attribute.allCases.map(\.rawValue)
        return (entries(node, "`match`") ?? []).compactMap { key in
            let name = tree.string(key)
            guard let attribute = BirthrightRule.Condition.Attribute(rawValue: name) else {
                let otherwise = "; known are \(Self.listed(attributes))"
                let hint = NearestName.suggestion(for: name, among: attributes, otherwise: otherwise)
                error("unknown-attribute", key, "a person has no attribute \(name.quoted) to match\(hint)")
                return nil
            }
            let values = oneOrMore(key + 1, name).compactMap { value -> String? in
                if attribute == .type { return (word(value, name) as Person.Kind?)?.rawValue }
                return text(value, name)
            }
            return BirthrightRule.Condition(attribute: attribute, values: values)
        }
    }

    private mutating func accounts(_ node: Int) -> [Slug] {
        var seen: Set<Slug> = []
        return (list(node, "accounts") ?? []).compactMap { entry in
            guard let name = target(entry, "accounts"), isNew(name, entry, "target", in: &seen) else { return nil }
            return name
        }
    }

    private mutating func baselineGroups(_ node: Int) -> [BirthrightRule.BaselineGroup] {
        let shape = Shape(name: "a baseline group", required: ["target", "name"])
        return (list(node, "groups") ?? []).compactMap { entry -> BirthrightRule.BaselineGroup? in
            guard let fields = fields(entry, shape) else { return nil }
            let target = fields["target"].flatMap { self.target($0, "target") }
            guard let node = fields["name"], let name = text(node, "name", "the group's name") else { return nil }
            guard name.utf8.first != UInt8(ascii: " "), name.utf8.last != UInt8(ascii: " "),
                name.utf8.allSatisfy({ $0 >= 0x20 && $0 < 0x7F })
            else {
                error("bad-group-name", node, "a group's name is printable ASCII, without a space at either end")
                return nil
            }
            guard let target else { return nil }
            checkGroupName(name, node, target)
            return BirthrightRule.BaselineGroup(target: target, name: name)
        }
    }

    private mutating func checkGroupName(_ name: String, _ node: Int, _ target: Slug) {
        guard let connector = scope.targets[target]?.connector, let abilities = scope.connectors[connector],
            name.utf8.count > abilities.maximumGroupNameLength
        else { return }
        error(
            "slug-too-long", node,
            "the name has \(name.utf8.count) bytes; target `\(target)` takes \(abilities.maximumGroupNameLength) at most"
        )
    }
}
