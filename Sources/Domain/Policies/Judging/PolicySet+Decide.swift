import AccessModel
import CEL
import Definitions
import StrictJSON

extension PolicySet {
    /// What the policies make of a question.
    ///
    /// - Parameter external: what agents said of it; see ``externalQuestions(_:)``. One that was not asked, or did not
    ///   answer, denies what grants.
    public func decide(_ question: PolicyQuestion, external: ExternalAnswers = .none) -> Decision {
        var deciding = Deciding(question, external: external)
        index(of: question.kind).visit(question.activation) { deciding.ask($0) }
        return deciding.decision()
    }

    /// Whom to ask before ``decide(_:external:)``: the policies with an agent whose condition holds.
    public func externalQuestions(_ question: PolicyQuestion) -> [ExternalQuestion] {
        var asked: [CompiledPolicy] = []
        index(of: question.kind).visit(question.activation) { policy in
            guard policy.definition.effects.external != nil else { return }
            // One that fails is denied whatever the agent says.
            guard case .success(true) = policy.holds(question.activation) else { return }
            asked.append(policy)
        }
        return asked.sorted { $0.number < $1.number }.compactMap { policy in
            policy.definition.effects.external.map {
                ExternalQuestion(policy: policy.definition.name, agent: $0, input: question.inputs)
            }
        }
    }
}

extension CompiledPolicy {
    /// Enough for a condition over some thousands of groups.
    static let limit = 200_000

    @inline(__always)
    func holds(_ activation: CELActivation) -> Result<Bool, CELError> {
        guard let condition else { return .success(true) }
        do throws(CELError) {
            return .success(try condition.isTrue(activation, limit: Self.limit))
        } catch {
            return .failure(error)
        }
    }
}

/// A decision as it is made: what each policy says, until all were asked.
struct Deciding {
    private let question: PolicyQuestion
    private let external: ExternalAnswers
    /// What is said in mode `observe`, or against what takes access away, is written down and has no effect.
    private var lessens: Bool?
    private var matches: [(number: Int, match: Match)] = []
    private var isSorted = true

    init(_ question: PolicyQuestion, external: ExternalAnswers) {
        self.question = question
        self.external = external
    }

    mutating func ask(_ policy: CompiledPolicy) {
        switch policy.holds(question.activation) {
        case .success(false): return
        case .success(true): speak(policy)
        case .failure(let error): add(policy, .failure, note: "it could not be decided: \(error.message)")
        }
    }

    private mutating func speak(_ policy: CompiledPolicy) {
        let effects = policy.definition.effects
        let kind = question.kind
        if policy.deny != nil { add(policy, .deny) }
        if let justification = policy.justification, kind == .request || kind == .breakGlass {
            let reason = question.text("request", "reason") ?? ""
            if !justification.pattern.matches(CELString(reason)) { add(policy, .justification) }
        }
        if effects.external != nil { answer(policy) }
        if let approval = policy.approval, kind == .request || kind == .change { add(policy, .approval(approval)) }
        if let limit = effects.limit, kind == .request || kind == .breakGlass || kind == .person {
            add(policy, .limit(limit))
        }
        if policy.hold != nil, kind == .change { add(policy, .hold) }
        if let risk = policy.risk, kind != .person { weigh(policy, risk) }
        if policy.warn != nil { add(policy, .warn) }
    }

    private mutating func answer(_ policy: CompiledPolicy) {
        switch external[policy.definition.name] {
        case .allowed: break
        case .denied(let reasons):
            add(
                policy, .external,
                note: reasons.isEmpty ? "the policy agent denies it" : reasons.joined(separator: "; "))
        case .unavailable(let why): add(policy, .external, note: "the policy agent did not answer: \(why)")
        }
    }

    private mutating func weigh(_ policy: CompiledPolicy, _ risk: CompiledPolicy.Risk) {
        switch risk {
        case .points(let points): add(policy, .risk(points))
        case .expression(let program):
            do throws(CELError) {
                guard case .int(let points) = try program.evaluate(question.activation, limit: CompiledPolicy.limit)
                else { return }
                add(policy, .risk(Int(min(max(points, -1_000), 1_000))))
            } catch {
                add(policy, .failure, note: "its risk could not be computed: \(error.message)")
            }
        }
    }

    private mutating func add(_ policy: CompiledPolicy, _ effect: Match.Effect, note: String? = nil) {
        var counts = policy.definition.mode == .enforce
        if counts {
            switch effect {
            case .deny, .justification, .approval, .failure, .external: counts = !lessensAccess()
            // What one person decides alone goes on: only what a guard counts waits, and what nobody decided.
            case .hold: counts = question.isCounted || question.isDrift
            case .limit, .risk, .warn: break
            }
        }
        let match = Match(policy, effect, counts: counts, note: note, activation: question.activation)
        if let last = matches.last, last.number > policy.number { isSorted = false }
        matches.append((policy.number, match))
    }

    private mutating func lessensAccess() -> Bool {
        if let lessens { return lessens }
        lessens = question.lessensAccess
        return question.lessensAccess
    }

    consuming func decision() -> Decision {
        guard !matches.isEmpty else { return Decision(verdict: .allowed, risk: max(0, question.baseRisk)) }
        // Sorted by number, and of one policy as its effects came.
        if !isSorted {
            let order = matches.indices.sorted { (matches[$0].number, $0) < (matches[$1].number, $1) }
            matches = order.map { matches[$0] }
        }
        var isDenied = false
        var approvals: [ApprovalRequirement] = []
        var window: Span?
        var risk = question.baseRisk
        for (_, match) in matches where match.counts {
            switch match.effect {
            case .deny, .justification, .failure, .external: isDenied = true
            case .approval(let requirement): approvals.append(requirement)
            case .hold:
                approvals.append(
                    ApprovalRequirement(from: .secondPerson, count: 1, policies: [match.policy]))
            case .limit(let span): window = min(window ?? span, span)
            case .risk(let points): risk += points
            case .warn: break
            }
        }
        if !approvals.isEmpty { approvals = ApprovalRequirement.union(approvals) }
        return Decision(
            verdict: isDenied ? .denied : approvals.isEmpty ? .allowed : .needsApproval, approvals: approvals,
            window: window, risk: max(0, risk), matches: matches.map(\.match))
    }
}

extension PolicyQuestion {
    /// Whether it is a removal that a guard counts, or holds already.
    fileprivate var isCounted: Bool {
        guard kind == .change else { return false }
        return ["counted", "held"].contains { name in
            if case .bool(true)? = value(["change", name]) { true } else { false }
        }
    }

    /// Whether it takes away what nobody wanted.
    fileprivate var isDrift: Bool {
        guard kind == .change, case .list(let causes)? = value(["cause", "kinds"]), !causes.isEmpty else {
            return false
        }
        return causes.allSatisfy { if case .string(let kind) = $0 { kind == "drift" } else { false } }
    }
}
