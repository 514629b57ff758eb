import AccessModel
import ConnectorKit
import StrictJSON

extension VaultServer {
    public func observe(_ scope: ObservationScope) async throws(ConnectorError) -> Observation {
        let operation = "observe \(name)"
        do throws(ConnectorError) {
            switch scope {
            case .everything: return try await everything(operation)
            case .only(let identities, let names, let groups):
                guard !(identities.isEmpty && names.isEmpty && groups.isEmpty) else {
                    return Observation(facts: [], completeness: .complete)
                }
                return try await only(identities, names, groups, operation)
            }
        } catch {
            guard error.code == .incomplete else { throw error }
            return Observation(facts: [], completeness: .partial(reason: error.message))
        }
    }

    private func everything(_ operation: String) async throws(ConnectorError) -> Observation {
        let entities = try await store.entities(operation)
        let groups = try await store.groups(operation)
        var observation = VaultObservation(marks: marks)
        observation.add(entities)
        let own = groups.filter(marks.owns)
        for group in own {
            observation.add(group, members: entities, groups: groups)
        }
        let names = try await policyNames(operation)
        try await add(own, names, isAll: true, to: &observation, operation)
        let identities = Dictionary(entities.map { ($0.id, marks.identity(of: $0)) }) { first, _ in first }
        for credential in try await observedCredentials(identities, of: nil, operation) {
            observation.add(.credential(credential))
        }
        for mount in settings.trusts.mounts.values.sorted() {
            let path = ["auth"] + VaultConnection.segments(mount) + ["role"]
            for role in try await client.list(path, operation).keys
            where JWTRole.group(of: role, settings.organization) == nil {
                observation.find("the role `\(role)` of auth/\(mount) is not Tenure's: workloads sign in by it")
            }
        }
        return observation.finish()
    }

    private func only(
        _ identities: Set<IdentityID>, _ names: Set<String>, _ slugs: Set<String>, _ operation: String
    ) async throws(ConnectorError) -> Observation {
        let entities = try await entities(identities, names, operation)
        var observation = VaultObservation(marks: marks)
        observation.add(entities)
        var groups: [VaultGroup] = []
        for slug in slugs.sorted() {
            if let group = try await own(slug, operation) { groups.append(group) }
        }
        let members = try await store.entities(Array(Set(groups.flatMap(\.members))).sorted(), operation)
        let nested = try await store.groups(Array(Set(groups.flatMap(\.nested))).sorted(), operation)
        for group in groups { observation.add(group, members: members, groups: nested) }
        let others = Set(entities.flatMap(\.groups)).subtracting(groups.map(\.id))
        for group in try await store.groups(others.sorted(), operation) where marks.owns(group) {
            observation.add(membersOf: group, among: entities)
        }
        if !slugs.isEmpty {
            let policies = try await policyNames(operation).filter { slugs.contains($0.group) }
            try await add(groups, policies, only: slugs, isAll: false, to: &observation, operation)
        }
        let owned = Set(entities.map { marks.identity(of: $0) }.filter(\.isOwned)).union(identities.filter(\.isOwned))
        if !owned.isEmpty {
            let known = Dictionary(entities.map { ($0.id, marks.identity(of: $0)) }) { first, _ in first }
            for credential in try await observedCredentials(known, of: owned, operation) {
                observation.add(.credential(credential))
            }
        }
        return observation.finish()
    }

    private func entities(
        _ identities: Set<IdentityID>, _ names: Set<String>, _ operation: String
    ) async throws(ConnectorError) -> [VaultEntity] {
        var strangers = Set(names.map { $0.lowercased() })
        var found: [String: VaultEntity] = [:]
        for identity in identities.sorted() {
            if case .foreign(let name) = identity {
                strangers.insert(name)
                continue
            }
            if let entity = try await store.entity(named: marks.entityName(identity), operation),
                marks.identity(of: entity) == identity
            {
                found[entity.id] = entity
            }
        }
        for name in strangers.sorted() where !name.utf8.contains(0) && !name.isEmpty {
            let bearers = [
                try await store.entity(alias: name, on: settings.loginAccessor, operation),
                try await store.entity(named: name, operation),
            ]
            for case let entity? in bearers where marks.accountName(of: entity).lowercased() == name.lowercased() {
                found[entity.id] = entity
            }
        }
        return found.values.sorted { $0.id < $1.id }
    }

    // MARK: Roles and trusts

    /// - Parameters:
    ///   - names: Of Tenure's policies, attached or not.
    ///   - slugs: Of the groups that are looked at; nil for all.
    private func add(
        _ groups: [VaultGroup], _ names: [PolicyName], only slugs: Set<String>? = nil, isAll: Bool,
        to observation: inout VaultObservation, _ operation: String
    ) async throws(ConnectorError) {
        let texts = try await names.concurrentMap(limit: settings.concurrency) { name throws(ConnectorError) in
            try await policy(name.text(settings.organization), operation)
        }
        // One that went in between is gone.
        guard texts.count == names.count else {
            throw ConnectorError(
                code: .incomplete, operation: operation, message: "policies changed while they were read")
        }
        let right = Set(zip(names, texts).filter { document($0) == $1 }.map { $0.0.text(settings.organization) })
        let attached = Dictionary(groups.map { ($0.name, Set($0.policies)) }) { first, _ in first }
        for name in names {
            let text = name.text(settings.organization)
            let holds = right.contains(text) && attached[name.group]?.contains(text) ?? false
            if holds { observation.add(name.fact) } else { observation.add(remnant: name.fact) }
        }
        let known = Set(names.map { $0.text(settings.organization) })
        for group in groups {
            for policy in group.policies.sorted() where !known.contains(policy) {
                if let name = PolicyName(policy, settings.organization), name.group == group.name {
                    // Its text is gone.
                    observation.add(remnant: name.fact)
                } else {
                    observation.add(
                        .roleAssignment(
                            RoleAssignment(group: group.name, notation: nil, role: policy, scope: Self.handMade)))
                }
            }
        }
        for (issuer, mount) in settings.trusts.mounts.sorted(by: { $0.key < $1.key }) {
            for role in try await roles(at: mount, issuer, operation) where slugs?.contains(role.group) ?? true {
                let wanted = ownPolicies(groups.first { $0.name == role.group })
                observation.add(role, isWhole: isWhole(role, wanted))
            }
        }
    }
}

/// Facts and findings, each once.
struct VaultObservation {
    private let marks: OwnerMarks
    private var facts: [Fact] = []
    private var remnants: [Fact] = []
    private var findings: Set<String> = []
    private var keys: Set<String> = []

    init(marks: OwnerMarks) { self.marks = marks }

    mutating func add(_ fact: Fact) {
        if keys.insert(fact.key).inserted { facts.append(fact) }
    }

    mutating func add(remnant fact: Fact) { remnants.append(fact) }

    mutating func find(_ finding: String) { findings.insert(finding) }

    /// Two entities with one identity are seen as one account, active while any of them is.
    mutating func add(_ entities: [VaultEntity]) {
        let holders = Dictionary(grouping: entities) { marks.identity(of: $0) }
        for entity in entities {
            let account = marks.account(of: entity)
            let others = holders[account.identity] ?? []
            guard account.state == .active || !others.contains(where: { marks.account(of: $0).state == .active }) else {
                continue
            }
            add(.account(account))
        }
        for (identity, some) in holders where identity.isOwned {
            if some.count > 1 {
                find("\(some.map { "`\($0.name)`" }.joined(separator: ", ")) all bear the identity \(identity)")
            }
            for entity in some {
                if !entity.policies.isEmpty {
                    find(
                        "the entity of \(identity) has policies of its own: \(entity.policies.sorted().joined(separator: ", "))"
                    )
                }
                if entity.name != marks.entityName(identity) {
                    find("the entity of \(identity) was renamed to `\(entity.name)`: it is found only among all")
                }
            }
        }
    }

    mutating func add(_ group: VaultGroup, members: [VaultEntity], groups: [VaultGroup]) {
        add(.group(GroupFact(slug: group.name, notation: nil)))
        add(membersOf: group, among: members)
        for nested in groups where group.nested.contains(nested.id) {
            let name = VaultServer.nestedPrefix + nested.name
            add(.membership(Membership(group: group.name, notation: nil, identity: .foreign(name), account: name)))
        }
    }

    mutating func add(membersOf group: VaultGroup, among entities: [VaultEntity]) {
        let members = Set(group.members)
        for entity in entities where members.contains(entity.id) {
            add(
                .membership(
                    Membership(
                        group: group.name, notation: nil, identity: marks.identity(of: entity),
                        account: marks.accountName(of: entity))))
        }
    }

    /// A role that somebody changed holds what it takes now; only one that is as Tenure makes it counts as whole.
    mutating func add(_ role: JWTRole, isWhole: Bool) {
        for trust in role.trusts {
            let fact = Fact.federatedTrust(trust)
            let isItsOwn = role.name == JWTRole.name(trust, marks.organization)
            if isWhole && isItsOwn { add(fact) } else { remnants.append(fact) }
        }
        if role.trusts.isEmpty || role.subject.isEmpty {
            find("the role `\(role.name)` was changed: it takes the tokens of any workload of its issuer")
        }
    }

    func finish() -> Observation {
        Observation(
            facts: facts, completeness: .complete, findings: findings.sorted(), remnants: remnants)
    }
}
