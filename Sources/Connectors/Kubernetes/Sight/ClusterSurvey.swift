import AccessModel
import ConnectorKit

/// Makes facts out of what was read, each proven by the API server itself.
///
/// A role holds where every place of its coordinate has the binding and the server says yes there; one place lacking, it
/// holds in part. Whoever else stands in such a binding, or where such a binding stands that should not, is a fact of its
/// own, whose group begins with `foreign:`.
struct ClusterSurvey {
    private let cluster: KubernetesCluster
    private let settings: KubernetesSettings
    private let snapshot: ClusterSnapshot
    private let finder: NamespaceFinder
    /// Whether to ask again for a moment before a no counts: right after a change.
    private let isPatient: Bool
    /// Whether the server is asked; else what is written down is what holds: of manifests.
    private let isProven: Bool
    private let operation: String
    private var facts: [Fact] = []
    private var remnants: [Fact] = []
    private var findings: [String] = []
    private var candidates: [Candidate] = []
    private var strangers: Set<String> = []

    /// A fact whose objects are all there; what remains is the server's word.
    private struct Candidate: Sendable {
        let fact: Fact
        let questions: [Question]
    }

    private struct Question: Sendable {
        let subject: ProofSubject
        let probe: AccessProbe
        let place: BindingPlace
    }

    init(
        _ cluster: KubernetesCluster, _ snapshot: ClusterSnapshot, isPatient: Bool, isProven: Bool = true,
        _ operation: String
    ) {
        self.cluster = cluster
        self.snapshot = snapshot
        self.isPatient = isPatient
        self.isProven = isProven
        self.operation = operation
        settings = cluster.settings
        finder = NamespaceFinder(cluster, listed: snapshot.namespaces)
    }

    mutating func observation() async throws(ConnectorError) -> Observation {
        var named: [BindingName: [Binding]] = [:]
        for binding in snapshot.bindings {
            guard let name = BindingName(binding.name) else { continue }
            guard binding.metadata.isOurs(settings.marks) else {
                findings.append("\(binding.title) bears a name of Tenure's and is not Tenure's")
                continue
            }
            named[name, default: []].append(binding)
        }
        var trusts = Set(named.keys.compactMap { name in Self.trustKey(name) })
        for (name, bindings) in named.sorted(by: { $0.key.description < $1.key.description }) {
            guard case .role(let role, let scope) = name.purpose else { continue }
            try await survey(name, role, scope, bindings.sorted { $0.place < $1.place })
        }
        let accounts = Dictionary(grouping: snapshot.accounts.filter { $0.metadata.isOurs(settings.marks) }) {
            account in
            account.trust ?? TrustKey(group: "", hash: "")
        }
        trusts.formUnion(accounts.keys)
        for key in trusts.sorted(by: { ($0.group, $0.hash) < ($1.group, $1.hash) }) {
            let name = BindingName(group: key.group, purpose: .trust(key.hash))
            try await survey(key, accounts[key] ?? [], name.flatMap { named[$0] } ?? [])
        }
        try await prove()
        return Observation(
            facts: facts, completeness: snapshot.doubts.first.map { .partial(reason: $0) } ?? .complete,
            findings: findings, remnants: remnants)
    }

    // MARK: Roles

    private mutating func survey(
        _ name: BindingName, _ role: Role, _ scope: Coordinate, _ bindings: [Binding]
    ) async throws(ConnectorError) {
        let notation = bindings.lazy.compactMap { $0.metadata.annotations[OwnerMarks.notationAnnotation] }.first
            .flatMap { Group($0) }
        let fact = Fact.roleAssignment(
            RoleAssignment(group: name.group, notation: notation, role: role.rawValue, scope: scope.description))
        let places = try await finder.places(of: scope, operation: operation)
        let wanted = settings.wanted(name, role, scope: scope, notation: notation)
        if wanted == nil {
            findings.append("`subjects.map` has no name for the group `\(name.group)`, which has bindings")
        }
        for binding in bindings {
            guard places.contains(binding.place) else {
                addStranger("\(KubernetesCluster.strayBinding)\(binding.path)", fact)
                findings.append("\(binding.title) stands where `\(scope)` is not")
                continue
            }
            for subject in binding.subjects where subject != wanted?.subject {
                addStranger(subject.description, fact)
                findings.append("\(binding.title) binds \(subject), who was put in by hand")
            }
        }
        let held = Dictionary(bindings.map { ($0.place, $0) }, uniquingKeysWith: { first, _ in first })
        let lacking = places.filter { place in
            guard let wanted, let binding = held[place] else { return true }
            return !wanted.isHeld(by: binding)
        }
        guard !places.isEmpty, lacking.isEmpty, let wanted else {
            remnants.append(fact)
            if let first = lacking.first, wanted != nil {
                findings.append("`\(name.group)` is not bound as it should be in \(first), as it is elsewhere")
            }
            return
        }
        candidates.append(
            Candidate(
                fact: fact,
                questions: places.map { place in
                    Question(subject: .of(wanted.subject), probe: settings.probe(role), place: place)
                }))
    }

    private mutating func addStranger(_ name: String, _ fact: Fact) {
        guard case .roleAssignment(let assignment) = fact else { return }
        let stranger = Fact.roleAssignment(
            RoleAssignment(
                group: KubernetesCluster.foreign + name, notation: assignment.notation, role: assignment.role,
                scope: assignment.scope))
        if strangers.insert(stranger.key).inserted { facts.append(stranger) }
    }

    // MARK: Trusts

    private typealias TrustKey = OperatorAccount.Name

    private static func trustKey(_ name: BindingName) -> TrustKey? {
        if case .trust(let hash) = name.purpose { TrustKey(group: name.group, hash: hash) } else { nil }
    }

    private mutating func survey(
        _ key: TrustKey, _ accounts: [OperatorAccount], _ bindings: [Binding]
    ) async throws(ConnectorError) {
        let objects = accounts.map(\.metadata) + bindings.map(\.metadata)
        let found = objects.lazy.compactMap { WantedTrust.trust($0, group: key.group, hash: key.hash) }.first
        guard let trust = found, let wanted = WantedTrust(trust, settings: settings) else {
            for object in objects {
                findings.append(
                    "`\(object.namespace.map { "\($0)/" } ?? "")\(object.name)` bears Tenure's labels and does not say "
                        + "what it is for")
            }
            return
        }
        let fact = Fact.federatedTrust(trust)
        var questions: [Question] = []
        var isWhole = !accounts.isEmpty
        let namespaces =
            if let scope = wanted.scope {
                try await finder.namespaces(of: scope, operation: operation)
            } else {
                accounts.map(\.namespace)
            }
        if namespaces.isEmpty || Set(accounts.map(\.namespace)) != Set(namespaces) { isWhole = false }
        for account in accounts {
            let isClusterWide = wanted.scope.map(finder.isClusterWide) ?? false
            let place: BindingPlace = isClusterWide ? .cluster : .namespace(account.namespace)
            let binding = bindings.first { $0.place == place }
            let wantedBinding = wanted.binding(for: account.namespace)
            for subject in binding?.subjects ?? [] where subject != wantedBinding.subject {
                findings.append("\(binding?.title ?? "") binds \(subject), who was put in by hand")
                isWhole = false
            }
            if !wanted.isMet(by: account) || binding.map(wantedBinding.isHeld) != true { isWhole = false }
            questions.append(
                Question(subject: .of(wantedBinding.subject), probe: settings.probe(.operator), place: place))
        }
        if bindings.count > accounts.count { isWhole = false }
        if isWhole {
            candidates.append(Candidate(fact: fact, questions: questions))
        } else {
            remnants.append(fact)
        }
    }

    // MARK: Proof

    private mutating func prove() async throws(ConnectorError) {
        guard isProven else {
            facts += candidates.map(\.fact)
            return
        }
        let proof = AccessProof(client: cluster.client)
        let (operation, isPatient) = (operation, isPatient)
        let refusals = try await candidates.concurrentMap(limit: 8) { candidate throws(ConnectorError) -> String? in
            for question in candidate.questions {
                let answer = try await proof.ask(
                    question.subject, question.probe, in: question.place, operation: operation
                ) { $0.isAllowed || !isPatient }
                guard answer.isAllowed else {
                    let reason = answer.reason.isEmpty ? "" : ": \(answer.reason)"
                    return "the API server says no to `\(question.probe)` in \(question.place)\(reason)"
                }
            }
            return nil
        }
        for (candidate, refusal) in zip(candidates, refusals) {
            if let refusal {
                remnants.append(candidate.fact)
                findings.append("`\(candidate.fact.groupSlug ?? "")` is bound, but \(refusal)")
            } else {
                facts.append(candidate.fact)
            }
        }
    }
}
