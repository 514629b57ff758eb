import AccessModel

/// What the author of a just-in-time rule may not go beyond.
struct WindowLimits {
    /// The longest window; nil while it is not known.
    var ceiling: Span?
    /// In a live tier a reason is always asked for.
    var isLive = false
    /// In a live tier: the default approval, below which an override may not fall.
    var leastApproval: Approval?
    /// What the tenant's compliance regimes ask.
    var floor = JITOverride()
}

extension SchemaDecoder {
    /// Reads a mapping of `{tier}_{role}` to rules.
    ///
    /// - Parameters:
    ///   - sectors: whose tiers the keys may name; nil: the platform's.
    ///   - classes: names that stand for tiers that have no key of their own.
    ///   - limits: what bounds the rule of a key.
    mutating func windows(
        _ node: Int, _ label: String, of sectors: [SectorDefinition]? = nil, alsoFor classes: [Slug] = [],
        limits: (JITKey) -> WindowLimits
    ) -> [JITKey: JITOverride] {
        var windows: [JITKey: JITOverride] = [:]
        for node in entries(node, "`\(label)`") ?? [] {
            guard let key = windowKey(node, of: sectors, alsoFor: classes) else { continue }
            guard let fields = fields(node + 1, Self.windowShape) else { continue }
            windows[key] = window(fields, limits(key))
        }
        return windows
    }

    private static let windowShape = Shape(
        name: "a just-in-time rule", optional: ["approval", "max_duration_hours", "justification_required"])

    private mutating func windowKey(_ node: Int, of sectors: [SectorDefinition]?, alsoFor classes: [Slug]) -> JITKey? {
        let text = tree.string(node)
        guard let underscore = text.lastIndex(of: "_"), let name = Slug(text[..<underscore]),
            let role = Role(rawValue: String(text[text.index(after: underscore)...])),
            role == .admin || role == .contributor
        else {
            error(
                "bad-jit-key", node,
                "\(text.quoted) is not `TIER_ROLE`; only contributor and admin have windows, as in `live_contributor`")
            return nil
        }
        if !classes.contains(name) {
            guard tier(named: name, node, of: sectors) != nil else { return nil }
        }
        return JITKey(tier: name, role: role)
    }

    /// Reads what one rule names, and reports what goes beyond its limits.
    mutating func window(_ fields: Fields, _ limits: WindowLimits) -> JITOverride {
        var override = JITOverride(place: tree.place(fields.node))
        if let node = fields["approval"], let approval: Approval = word(node, "approval") {
            checkApproval(approval, node, limits)
            override.approval = approval
        }
        if let node = fields["max_duration_hours"], let duration = hours(node, "max_duration_hours") {
            checkCeiling(duration, node, limits.ceiling)
            if let most = limits.floor.maximumDuration, duration > most {
                error(
                    "below-compliance-floor", node, "compliance allows windows of at most \(most); write that or less")
            }
            override.maximumDuration = duration
        }
        if let node = fields["justification_required"], let isRequired = bool(node, "justification_required") {
            if !isRequired, limits.isLive {
                error(
                    "override-too-loose", node,
                    "a window in a live tier always needs a reason; leave this out or write `true`")
            } else if !isRequired, limits.floor.justificationRequired == true {
                error("below-compliance-floor", node, "compliance asks for a reason; leave this out or write `true`")
            }
            override.justificationRequired = isRequired
        }
        return override
    }

    private mutating func checkApproval(_ approval: Approval, _ node: Int, _ limits: WindowLimits) {
        if let floor = limits.floor.approval, approval < floor {
            error(
                "below-compliance-floor", node,
                "compliance asks for the approval `\(floor.rawValue)`; write that or stricter")
        } else if limits.isLive, let least = limits.leastApproval, approval < least {
            error(
                "override-too-loose", node,
                "approval in a live tier cannot fall below the default `\(least.rawValue)`; write that or stricter")
        }
    }

    mutating func checkCeiling(_ duration: Span, _ node: Int, _ ceiling: Span?) {
        guard let ceiling, duration > ceiling else { return }
        error("above-ceiling", node, "`max_duration_hours` is \(duration), above the platform's ceiling of \(ceiling)")
    }
}
