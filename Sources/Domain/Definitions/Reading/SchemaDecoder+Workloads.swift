import AccessModel

extension SchemaDecoder {
    /// Why a person cannot be where a workload is declared.
    static let operatorsAreWorkloads =
        "no person is an operator; declare the runner or service under `workload_identity`"

    private static let workloadShape = Shape(
        name: "a workload", required: ["issuer", "subject", "audience"], optional: ["name"],
        refused: ["members", "people", "email"].map {
            RefusedKey(name: $0, code: "human-operator", message: operatorsAreWorkloads)
        })

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
            if !claims.insert("\(workload.issuer) \(workload.subject) \(workload.audience)").inserted {
                error("duplicate-name", node, "the same issuer, subject and audience are declared twice; keep one")
            }
            return workload
        }
    }

    private mutating func workload(_ fields: Fields, tenant: Slug, tierName: Slug, isSingle: Bool) -> Workload? {
        let isLive = scope.tier(tierName)?.isLive ?? true
        var name = isSingle ? Slug("operator") : nil
        if let node = fields["name"] {
            name = slug(node, "name")
        } else if !isSingle {
            error("missing-key", fields.node, "a workload in a list of several needs the key `name`")
        }
        let issuer = fields["issuer"].flatMap { self.issuer($0) }
        var subject: String?
        if let node = fields["subject"], let given = text(node, "subject") {
            subject = given
            if let problem = WorkloadSubject.problem(of: given, issuer: issuer, isLive: isLive) {
                report(problem.severity, problem.code, tree.place(node), problem.message)
            }
        }
        let audience = fields["audience"].flatMap { self.audience($0) }
        guard let name, let issuer, let subject, let audience else { return nil }
        return Workload(
            tenant: tenant, tier: tierName, name: name, issuer: issuer, subject: subject, audience: audience,
            place: tree.place(fields.node))
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
