import AccessModel

extension SchemaDecoder {
    /// Why a person cannot be where a workload is declared.
    static let operatorsAreWorkloads =
        "no person is an operator; declare the runner or service under `workload_identity`"

    private static let workloadShape = Shape(
        name: "a workload", optional: ["issuer", "subject", "audience", "secret", "name", "owner", "until"],
        refused: ["members", "people", "email"].map {
            RefusedKey(name: $0, code: "human-operator", message: operatorsAreWorkloads)
        })

    private static let secretShape = Shape(name: "`secret`", required: ["ttl"])

    /// One workload or a list of them; `tier` is nil where it is not known.
    mutating func workloads(_ node: Int, tenant: Slug, tierName: Slug) -> [Workload] {
        let nodes = oneOrMore(node, "workload_identity")
        var names: Set<Slug> = []
        var claims: Set<String> = []
        return nodes.compactMap { node in
            guard let fields = fields(node, Self.workloadShape) else { return nil }
            let workload = workload(fields, tenant: tenant, tierName: tierName, isSingle: nodes.count == 1)
            guard let workload else { return nil }
            let nameNode = fields["name"] ?? node
            guard isNew(workload.name, nameNode, "workload", in: &names) else { return nil }
            if workload.secretTimeToLive == nil,
                !claims.insert("\(workload.issuer) \(workload.subject) \(workload.audience)").inserted
            {
                error("duplicate-name", node, "the same issuer, subject and audience are declared twice; keep one")
            }
            return workload
        }
    }

    private mutating func workload(_ fields: Fields, tenant: Slug, tierName: Slug, isSingle: Bool) -> Workload? {
        var name = isSingle ? Slug("operator") : nil
        if let node = fields["name"] {
            name = slug(node, "name")
        } else if !isSingle {
            error("missing-key", fields.node, "a workload in a list of several needs the key `name`")
        }
        let owner = fields["owner"].flatMap { self.owner($0) }
        let end = fields["until"].flatMap { self.end($0) }
        let place = tree.place(fields.node)
        if let node = fields["secret"] {
            let timeToLive = self.timeToLive(node, fields)
            guard let name, let timeToLive else { return nil }
            return Workload(
                tenant: tenant, tier: tierName, name: name, issuer: "", subject: "", audience: "",
                secretTimeToLive: timeToLive, owner: owner, end: end, place: place)
        }
        let missing = ["issuer", "subject", "audience"].filter { fields[$0] == nil }
        // Who wrote none of them may have meant a secret.
        let hint = missing.count == 3 ? "; one that has a secret instead says so with `secret: {ttl: 30d}`" : ""
        for key in missing { error("missing-key", fields.node, "a workload needs the key `\(key)`\(hint)") }
        let issuer = fields["issuer"].flatMap { self.issuer($0) }
        let subject = fields["subject"].flatMap { self.subject($0, issuer: issuer, tierName: tierName) }
        let audience = fields["audience"].flatMap { self.audience($0) }
        guard let name, let issuer, let subject, let audience else { return nil }
        return Workload(
            tenant: tenant, tier: tierName, name: name, issuer: issuer, subject: subject, audience: audience,
            owner: owner, end: end, place: place)
    }

    private mutating func subject(_ node: Int, issuer: String?, tierName: Slug) -> String? {
        guard let subject = text(node, "subject") else { return nil }
        let isLive = scope.tier(tierName)?.isLive ?? true
        if let problem = WorkloadSubject.problem(of: subject, issuer: issuer, isLive: isLive) {
            report(problem.severity, problem.code, tree.place(node), problem.message)
        }
        return subject
    }

    /// Of a workload that has a secret and nothing else to be known by.
    private mutating func timeToLive(_ node: Int, _ fields: Fields) -> Span? {
        for key in ["issuer", "subject", "audience"] {
            guard let other = fields[key] else { continue }
            error("bad-value", other, "a workload with a `secret` has no `\(key)`; keep the one or the other")
        }
        guard let secret = self.fields(node, Self.secretShape), let value = secret["ttl"],
            let span = span(value, "ttl")
        else { return nil }
        guard span >= .hours(1), span <= .days(365) else {
            error("out-of-range", value, "`ttl` must be from 1h to 365d")
            return nil
        }
        return span
    }

    private mutating func owner(_ node: Int) -> EmailAddress? {
        guard let text = text(node, "owner", "an e-mail address") else { return nil }
        if let email = EmailAddress(text) { return email }
        error("bad-email", node, "\(text.quoted) is no e-mail address; name the person who answers for the workload")
        return nil
    }

    /// A bare date is the last day on which it counts, a full time the moment at which it stops.
    private mutating func end(_ node: Int) -> Workload.End? {
        guard let text = text(node, "until", "a date") else { return nil }
        let days = scope.platform.map { DayBoundaries($0) } ?? .utc
        if let day = CalendarDay(text) { return Workload.End(lastDay: day, at: days.end(of: day)) }
        if let time = Instant(text) { return Workload.End(lastDay: days.day(of: time), at: time) }
        error(
            "bad-value", node,
            "`until` must be a last day such as `2027-03-31`, or a time such as `2027-03-31T18:00:00Z`, not "
                + text.quoted)
        return nil
    }

    private mutating func issuer(_ node: Int) -> String? {
        guard let issuer = text(node, "issuer", "an https address") else { return nil }
        if WorkloadSubject.host(of: issuer) != nil { return issuer }
        error(
            "bad-issuer", node,
            "`issuer` must be an https address without user, query and wildcard, not \(issuer.quoted)")
        return nil
    }

    private mutating func audience(_ node: Int) -> String? {
        guard let audience = text(node, "audience") else { return nil }
        if audience.utf8.allSatisfy({ $0 > 0x20 && $0 < 0x7F && $0 != UInt8(ascii: "*") }) { return audience }
        error("bad-audience", node, "`audience` must be exact: printable ASCII without spaces and without `*`")
        return nil
    }
}
