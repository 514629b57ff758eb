import AccessModel

extension SchemaDecoder {
    private static let effectNames = [
        "deny", "require_approval", "limit", "require_justification", "risk", "warn", "hold", "opa",
    ]
    private static let policyShape = Shape(
        name: "a policy", required: ["name", "on"], optional: ["description", "mode", "when"] + effectNames,
        refused: [
            RefusedKey(
                name: "allow", code: "allow-effect",
                message: "a policy never allows what another forbids; leave this out, or narrow the other's `when`")
        ])

    /// Reads one file of policies.
    mutating func policies(_ places: ScalarPlaces) -> [PolicyDefinition] {
        let shape = Shape(name: "a file of policies", required: ["policies"])
        guard let fields = fields(YAMLTree.root, shape, isRoot: true), let node = fields["policies"] else { return [] }
        return (list(node, "policies", mayBeEmpty: false) ?? []).compactMap { policy($0, places) }
    }

    private mutating func policy(_ node: Int, _ places: ScalarPlaces) -> PolicyDefinition? {
        guard let fields = fields(node, Self.policyShape) else { return nil }
        var name: Slug?
        if let node = fields["name"], let given = slug(node, "name") {
            if let other = scope.policyNames[given] {
                error("duplicate-name", node, "the policy `\(given)` is named already at \(other); names are unique")
            } else {
                scope.policyNames[given] = tree.place(node)
                name = given
            }
        }
        let kinds = fields["on"].map { self.kinds($0) } ?? []
        let mode: PolicyDefinition.Mode? = fields["mode"].map { word($0, "mode") } ?? .enforce
        let condition = fields["when"].flatMap { policyText($0, "when", "an expression (CEL)", places) }
        let effects = effects(fields, places)
        if !Self.effectNames.contains(where: { fields[$0] != nil }) {
            error(
                "missing-key", node, "a policy needs an effect: one of \(Self.listed(Self.effectNames))")
        }
        let description = fields["description"].flatMap { text($0, "description", allowsLines: true) }
        guard let name, let nameNode = fields["name"], !kinds.isEmpty, let mode else { return nil }
        return PolicyDefinition(
            name: name, description: description ?? "", kinds: kinds, mode: mode, condition: condition,
            effects: effects, place: tree.place(nameNode))
    }

    private mutating func kinds(_ node: Int) -> [PolicyDefinition.Kind] {
        var kinds: Set<PolicyDefinition.Kind> = []
        for entry in oneOrMore(node, "on") {
            guard let kind: PolicyDefinition.Kind = word(entry, "on") else { continue }
            if !kinds.insert(kind).inserted {
                error("duplicate-name", entry, "`\(kind.rawValue)` is named twice; keep one")
            }
        }
        return kinds.sorted()
    }

    /// A text that is read further by whoever compiles it.
    mutating func policyText(
        _ node: Int, _ label: String, _ wanted: String = "text", _ places: ScalarPlaces
    ) -> PolicyText? {
        guard text(node, label, wanted, allowsLines: true) != nil else { return nil }
        return places.text(node, tree)
    }

    // MARK: Effects

    private mutating func effects(_ fields: Fields, _ places: ScalarPlaces) -> PolicyDefinition.Effects {
        var effects = PolicyDefinition.Effects()
        effects.deny = fields["deny"].flatMap { policyText($0, "deny", "a message", places) }
        effects.warn = fields["warn"].flatMap { policyText($0, "warn", "a message", places) }
        effects.hold = fields["hold"].flatMap { policyText($0, "hold", "a message", places) }
        effects.risk = fields["risk"].flatMap {
            policyText($0, "risk", "a whole number or an expression (CEL)", places)
        }
        if let node = fields["limit"] {
            effects.limit = positiveSpan(node, "limit")
            effects.limitPlace = tree.place(node)
        }
        effects.approval = fields["require_approval"].flatMap { approval($0, places) }
        effects.justification = fields["require_justification"].flatMap { justification($0, places) }
        effects.external = fields["opa"].flatMap { external($0) }
        return effects
    }

    private mutating func positiveSpan(_ node: Int, _ label: String) -> Span? {
        guard let span = span(node, label) else { return nil }
        guard span > .zero else {
            error("out-of-range", node, "`\(label)` must be longer than nothing")
            return nil
        }
        return span
    }

    private mutating func approval(_ node: Int, _ places: ScalarPlaces) -> PolicyDefinition.Approval? {
        let shape = Shape(name: "`require_approval`", required: ["from"], optional: ["count", "within"])
        guard let fields = fields(node, shape) else { return nil }
        var from: [PolicyText] = []
        for entry in fields["from"].map({ oneOrMore($0, "from") }) ?? [] {
            guard let text = policyText(entry, "from", "`approvers`, a group or a person's address", places) else {
                continue
            }
            if from.contains(where: { $0.text == text.text }) {
                error("duplicate-name", entry, "\(text.text.quoted) is named twice; keep one")
            }
            from.append(text)
        }
        let count = fields["count"].map { integer($0, "count", 1...10) } ?? 1
        let within = fields["within"].flatMap { positiveSpan($0, "within") }
        guard !from.isEmpty, let count else { return nil }
        return PolicyDefinition.Approval(from: from, count: count, within: within, place: tree.place(node))
    }

    private mutating func justification(_ node: Int, _ places: ScalarPlaces) -> PolicyDefinition.Justification? {
        let shape = Shape(name: "`require_justification`", required: ["pattern"], optional: ["message"])
        guard let fields = fields(node, shape) else { return nil }
        let pattern = fields["pattern"].flatMap { policyText($0, "pattern", "a regular expression (RE2)", places) }
        let message = fields["message"].flatMap { policyText($0, "message", "a message", places) }
        guard let pattern else { return nil }
        let standard = "the reason has to hold what `\(pattern.text.replacingBraces)` finds"
        return PolicyDefinition.Justification(
            pattern: pattern, message: message ?? PolicyText(standard, at: pattern.place), place: tree.place(node))
    }

    private mutating func external(_ node: Int) -> PolicyDefinition.External? {
        let shape = Shape(
            name: "`opa`", required: ["url", "path"],
            optional: ["deadline", "cache", "credential", "certificate_authorities"])
        guard let fields = fields(node, shape) else { return nil }
        let url = fields["url"].flatMap { agentAddress($0) }
        let path = fields["path"].flatMap { agentPath($0) }
        var deadline = Span.seconds(2)
        if let node = fields["deadline"], let given = positiveSpan(node, "deadline") {
            if given > .seconds(30) { error("out-of-range", node, "`deadline` must be 30 seconds at most") }
            deadline = given
        }
        var cache = Span.zero
        if let node = fields["cache"], let given = span(node, "cache") {
            if given > .hours(1) { error("out-of-range", node, "`cache` must be an hour at most") }
            cache = given
        }
        let credential = fields["credential"].flatMap { self.credential($0) }
        let authorities = fields["certificate_authorities"].flatMap { text($0, "certificate_authorities", "a file") }
        guard let url, let path else { return nil }
        var external = PolicyDefinition.External(
            url: url, path: path, deadline: deadline, cache: cache, credential: credential, place: tree.place(node))
        external.certificateAuthorities = authorities
        return external
    }

    private mutating func agentAddress(_ node: Int) -> String? {
        guard let url = text(node, "url", "an https address") else { return nil }
        if WorkloadSubject.host(of: url) != nil || Self.isLoopback(url) { return url }
        error(
            "bad-url", node,
            "`url` must be an https address without user, query and wildcard, or http on 127.0.0.1 or localhost, not "
                + url.quoted)
        return nil
    }

    private static func isLoopback(_ url: String) -> Bool {
        for start in ["http://127.0.0.1:", "http://localhost:", "http://[::1]:"] where url.hasPrefix(start) {
            let port = url.dropFirst(start.count)
            return Int(port).map { (1...65_535).contains($0) } ?? false && port.utf8.allSatisfy(\.isDigit)
        }
        return false
    }

    private mutating func agentPath(_ node: Int) -> String? {
        guard let path = text(node, "path", "a path such as `tenure/allow`") else { return nil }
        let parts = path.utf8.split(separator: UInt8(ascii: "/"), omittingEmptySubsequences: false)
        let isPath = parts.allSatisfy { part in
            !part.isEmpty && part.allSatisfy { $0.isLetter || $0.isDigit || $0 == UInt8(ascii: "_") }
        }
        if isPath { return path }
        error("bad-value", node, "`path` must be names with `/` between them, such as `tenure/allow`")
        return nil
    }
}

extension String {
    /// With each brace twice, as a message has it.
    fileprivate var replacingBraces: String {
        var text = ""
        for character in self {
            text += character == "{" || character == "}" ? "\(character)\(character)" : "\(character)"
        }
        return text
    }
}
