import AccessModel
import StrictJSON

extension SchemaDecoder {
    private static let targetShape = Shape(
        name: "a target", required: ["name", "connector"],
        optional: ["identity_provider", "covers", "critical", "mode", "settings", "credential", "limits"])

    /// Reads `targets.yaml`.
    mutating func readTargets() -> [TargetDefinition] {
        guard let fields = fields(YAMLTree.root, Shape(name: "targets.yaml", required: ["targets"]), isRoot: true),
            let node = fields["targets"], let entries = list(node, "targets")
        else { return [] }
        var seen: Set<Slug> = []
        var knowsAll = true
        var targets: [TargetDefinition] = []
        for entry in entries {
            guard let target = target(entry, &seen) else {
                knowsAll = false
                continue
            }
            targets.append(target)
            scope.targets[target.name] = target
        }
        scope.knowsTargets = knowsAll
        return targets
    }

    private mutating func target(_ node: Int, _ seen: inout Set<Slug>) -> TargetDefinition? {
        guard let fields = fields(node, Self.targetShape) else { return nil }
        let name = fields["name"].flatMap { self.slug($0, "name") }
        let connector = fields["connector"].flatMap { self.connector($0) }
        let covers = fields["covers"].map { self.covers($0) } ?? Coordinate()
        let settings = fields["settings"].map { self.settings($0) } ?? .object(JSONObject())
        let credential = fields["credential"].flatMap { self.credential($0) }
        let limits = fields["limits"].map { self.limits($0) } ?? TargetDefinition.Limits()
        let isProvider = fields["identity_provider"].flatMap { bool($0, "identity_provider") } ?? false
        let isCritical = fields["critical"].flatMap { bool($0, "critical") } ?? false
        let mode: TargetDefinition.Mode = fields["mode"].flatMap { word($0, "mode") } ?? .enforce
        guard let name, let nameNode = fields["name"], isNew(name, nameNode, "target", in: &seen) else { return nil }
        var definition = TargetDefinition(
            name: name, connector: connector ?? "", isIdentityProvider: isProvider, covers: covers,
            isCritical: isCritical, mode: mode, settings: settings, credential: credential, limits: limits,
            place: tree.place(nameNode))
        definition.settingPlaces = places(fields["settings"], credential: fields["credential"])
        return definition
    }

    private mutating func connector(_ node: Int) -> String? {
        guard let name = text(node, "connector", "a connector's name") else { return nil }
        if scope.connectors[name] != nil { return name }
        unknown("connector", name, node, scope.connectors.keys.sorted())
        return nil
    }

    private mutating func covers(_ node: Int) -> Coordinate {
        var covers = Coordinate()
        let shape = Shape(name: "`covers`", optional: ["sector", "tier", "region", "tenant"])
        guard let fields = fields(node, shape) else { return covers }
        if let node = fields["sector"] {
            let known = scope.knowsSectors ? scope.sectors.map(\.name) : nil
            covers.sector = dimension(node, "sector", known)
        }
        if let node = fields["tier"] {
            covers.tier = dimension(node, "tier", scope.knowsTiers ? scope.tiers.map(\.name) : nil)
        }
        if let node = fields["region"] { covers.region = dimension(node, "region", scope.platform?.regions) }
        if let node = fields["tenant"] {
            let core = scope.sectors.filter(\.isCore).map(\.name)
            covers.tenant = dimension(node, "tenant", scope.knowsSectors ? scope.tenantNames.sorted() + core : nil)
        }
        return covers
    }

    private mutating func dimension(_ node: Int, _ label: String, _ known: [Slug]?) -> Coordinate.Dimension {
        if tree.hasText(node, "*") { return .all }
        if tree.hasText(node, "_") { return .ignored }
        guard let name = slug(node, label) else { return .all }
        if let known, !known.contains(name) { unknown(label, name.text, node, known.map(\.text)) }
        return .exactly(name)
    }

    private mutating func limits(_ node: Int) -> TargetDefinition.Limits {
        var limits = TargetDefinition.Limits()
        let shape = Shape(name: "`limits`", optional: ["requests_per_second", "concurrency"])
        guard let fields = fields(node, shape) else { return limits }
        if let node = fields["requests_per_second"], let rate = number(node, "requests_per_second") {
            if rate <= 0 || rate > 100_000 {
                error("out-of-range", node, "`requests_per_second` must be above 0, at most 100000")
            }
            limits.requestsPerSecond = rate
        }
        if let node = fields["concurrency"] {
            limits.concurrency = integer(node, "concurrency", 1...1_024) ?? limits.concurrency
        }
        return limits
    }

    // MARK: Secrets

    /// A reference to a secret; its text otherwise is in no message.
    mutating func credential(_ node: Int) -> String? {
        // No message shows the text: whoever wrote a secret here shall not find it in a log as well.
        guard tree.kind(node) == .scalar, SecretReference.isValid(tree.bytes(node)) else {
            if tree.kind(node) != .refused { error("secret-value", node, Self.referencesOnly) }
            return nil
        }
        return tree.string(node)
    }

    private static let referencesOnly =
        "a secret is a reference, never a value: `env:NAME`, `file:PATH`, `vault:PATH` or `aws-sm:NAME`"

    // MARK: Settings

    private mutating func settings(_ node: Int) -> JSONValue {
        guard entries(node, "`settings`") != nil else { return .object(JSONObject()) }
        return json(node)
    }

    private func places(_ settings: Int?, credential: Int?) -> TargetDefinition.SettingPlaces {
        var places = TargetDefinition.SettingPlaces()
        places.credential = credential.map { tree.place($0) }
        guard let settings else { return places }
        places.whole = tree.place(settings)
        for key in tree.keys(settings) where tree.kind(key) == .scalar && tree.kind(key + 1) != .refused {
            places.settings[tree.string(key)] = TargetDefinition.SettingPlaces.Setting(
                name: tree.place(key), value: tree.place(key + 1))
        }
        return places
    }

    /// As YAML 1.2's core schema types it, but for numbers that are not decimal, which are text.
    private mutating func json(_ node: Int) -> JSONValue {
        switch tree.kind(node) {
        case .refused: return .null
        case .sequence: return .array(tree.elements(node).map { json($0) })
        case .mapping:
            var members: [JSONObject.Member] = []
            for key in tree.keys(node) where tree.kind(key) == .scalar {
                let name = tree.string(key)
                if SecretReference.isSecretName(name), tree.kind(key + 1) == .scalar, !tree.isEmpty(key + 1),
                    !SecretReference.isValid(tree.bytes(key + 1))
                {
                    error("secret-value", key + 1, Self.referencesOnly)
                }
                members.append(JSONObject.Member(name: name, value: json(key + 1)))
            }
            return .object(JSONObject(members))
        case .scalar:
            let text = tree.string(node)
            guard tree.nodes[node].isPlain else { return .string(text) }
            switch text {
            case "", "~", "null": return .null
            case "true": return .bool(true)
            case "false": return .bool(false)
            default: break
            }
            if let integer = PlainNumber.integer(tree.bytes(node)) { return .integer(integer) }
            if let number = PlainNumber.decimal(tree.bytes(node)) { return .number(number) }
            return .string(text)
        }
    }
}
