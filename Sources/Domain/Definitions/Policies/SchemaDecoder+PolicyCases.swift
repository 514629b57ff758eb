import AccessModel

extension SchemaDecoder {
    private static let caseShape = Shape(
        name: "a case", required: ["name", "on", "expect"], optional: ["given"])
    private static let expectationShape = Shape(
        name: "`expect`", required: ["verdict"], optional: ["by", "approvals", "window", "risk", "warns", "observed"])

    /// Reads one file of cases.
    mutating func policyCases() -> [PolicyCase] {
        let shape = Shape(name: "a file of cases", required: ["cases"])
        guard let fields = fields(YAMLTree.root, shape, isRoot: true), let node = fields["cases"] else { return [] }
        var names: Set<String> = []
        return (list(node, "cases", mayBeEmpty: false) ?? []).compactMap { entry -> PolicyCase? in
            guard let fields = self.fields(entry, Self.caseShape) else { return nil }
            let kind: PolicyDefinition.Kind? = fields["on"].flatMap { word($0, "on") }
            let given = fields["given"].map { attributes($0, "`given`") } ?? []
            let expected = fields["expect"].flatMap { expectation($0) }
            guard let nameNode = fields["name"], let name = text(nameNode, "name") else { return nil }
            if !names.insert(name).inserted {
                error("duplicate-name", nameNode, "the case \(name.quoted) is named twice; give each a name of its own")
            }
            guard let kind, let expected else { return nil }
            return PolicyCase(
                name: name, kind: kind, given: given, expected: expected, place: tree.place(nameNode))
        }
    }

    private mutating func attributes(_ node: Int, _ label: String) -> [PolicyCase.Attribute] {
        (entries(node, label) ?? []).compactMap { key in
            value(key + 1).map {
                PolicyCase.Attribute(name: tree.string(key), place: tree.place(key), value: $0)
            }
        }
    }

    /// Nil for what was refused already.
    private mutating func value(_ node: Int) -> PolicyCase.Value? {
        let place = tree.place(node)
        switch tree.kind(node) {
        case .scalar: return PolicyCase.Value(.text(tree.string(node)), at: place)
        case .sequence:
            return PolicyCase.Value(.list(tree.elements(node).compactMap { value($0) }), at: place)
        case .mapping: return PolicyCase.Value(.fields(attributes(node, "this")), at: place)
        case .refused: return nil
        }
    }

    private mutating func expectation(_ node: Int) -> PolicyCase.Expectation? {
        guard let fields = fields(node, Self.expectationShape) else { return nil }
        let verdict: PolicyCase.Verdict? = fields["verdict"].flatMap { word($0, "verdict") }
        guard let verdict else { return nil }
        var expectation = PolicyCase.Expectation(verdict: verdict)
        expectation.by = fields["by"].map { policyNames($0, "by") }
        expectation.warns = fields["warns"].map { policyNames($0, "warns") }
        expectation.observed = fields["observed"].map { policyNames($0, "observed") }
        expectation.approvals = fields["approvals"].flatMap { integer($0, "approvals", 0...100) }
        expectation.window = fields["window"].flatMap { span($0, "window") }
        expectation.risk = fields["risk"].flatMap { integer($0, "risk", 0...1_000_000) }
        return expectation
    }

    private mutating func policyNames(_ node: Int, _ label: String) -> [Slug] {
        var seen: Set<Slug> = []
        return (list(node, label) ?? []).compactMap { entry in
            guard let name = slug(entry, label), isNew(name, entry, "policy", in: &seen) else { return nil }
            return name
        }
    }
}
