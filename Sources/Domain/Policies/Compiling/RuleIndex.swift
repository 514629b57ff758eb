import CEL

/// Finds the few policies that can apply to a question among many.
///
/// A condition that asks, in one of its conjuncts, for one of some texts at a path is false wherever the path holds
/// another: such policies are filed under those texts, and a question opens one drawer. What asks for nothing of the
/// kind is looked at every time.
final class RuleIndex: Sendable {
    /// Where a value is found in an activation.
    struct Path: Hashable, Sendable {
        let slot: Int
        /// Nil for a plain variable.
        let field: Int?
    }

    /// A policy, and what must hold at some paths for it to apply.
    struct Entry: Sendable {
        let policy: CompiledPolicy
        var demands: [Demand]
    }

    struct Demand: Sendable {
        let path: Path
        let texts: [CELString]
        /// Asks for a truth in place of a text.
        let truth: Bool?
    }

    /// So few are asked one by one.
    private static let smallest = 3
    /// A policy is filed under so many texts at most.
    private static let mostTexts = 32
    private static let deepest = 3

    private let path: Path?
    private let byText: [CELString: RuleIndex]
    private let byTruth: [RuleIndex?]
    private let rest: RuleIndex?
    /// Those that are asked whatever the question says.
    private let always: [CompiledPolicy]

    convenience init(_ policies: [CompiledPolicy]) {
        self.init(policies.map { Entry(policy: $0, demands: Self.demands(of: $0)) }, depth: 0)
    }

    private init(_ entries: [Entry], depth: Int) {
        guard entries.count > Self.smallest, depth < Self.deepest, let path = Self.best(entries) else {
            (path, byText, byTruth, rest) = (nil, [:], [], nil)
            always = entries.map(\.policy)
            return
        }
        self.path = path
        always = []
        var texts: [CELString: [Entry]] = [:]
        var truths: [[Entry]] = [[], []]
        var others: [Entry] = []
        for entry in entries {
            guard let index = entry.demands.firstIndex(where: { $0.path == path }) else {
                others.append(entry)
                continue
            }
            var inner = entry
            let demand = inner.demands.remove(at: index)
            if let truth = demand.truth { truths[truth ? 1 : 0].append(inner) }
            for text in demand.texts { texts[text, default: []].append(inner) }
        }
        byText = texts.mapValues { RuleIndex($0, depth: depth + 1) }
        byTruth = truths.map { $0.isEmpty ? nil : RuleIndex($0, depth: depth + 1) }
        // Each level has a path less, so this ends; it does not count as deeper, as nothing is filed twice for it.
        rest = others.isEmpty ? nil : RuleIndex(others, depth: depth)
    }

    /// The path that leaves the fewest to be asked: by how many demand something there, and of how many kinds.
    private static func best(_ entries: [Entry]) -> Path? {
        var counts: [Path: Int] = [:]
        var texts: [Path: Set<CELString>] = [:]
        var order: [Path] = []
        for entry in entries {
            for demand in entry.demands {
                if counts[demand.path] == nil { order.append(demand.path) }
                counts[demand.path, default: 0] += 1
                texts[demand.path, default: []].formUnion(demand.texts)
            }
        }
        var best: (path: Path, spared: Double)?
        for path in order {
            let kinds = Double(max(2, texts[path]?.count ?? 0))
            let spared = Double(counts[path] ?? 0) * (1 - 1 / kinds)
            if spared > best?.spared ?? 1 { best = (path, spared) }
        }
        return best?.path
    }

    private static func demands(of policy: CompiledPolicy) -> [Demand] {
        var demands: [Demand] = []
        for constraint in policy.condition?.expression.constraints ?? [] {
            guard let path = Path(constraint.path), !demands.contains(where: { $0.path == path }) else { continue }
            var texts: [CELString] = []
            var truth: Bool?
            for value in constraint.values {
                if case .string(let text) = value, !texts.contains(text) { texts.append(text) }
                if case .bool(let value) = value { truth = value }
            }
            if truth != nil, constraint.values.count == 1 {
                demands.append(Demand(path: path, texts: [], truth: truth))
            } else if truth == nil, !texts.isEmpty, texts.count <= mostTexts,
                constraint.values.allSatisfy({ if case .string = $0 { true } else { false } })
            {
                demands.append(Demand(path: path, texts: texts, truth: nil))
            }
        }
        return demands
    }

    /// Hands every policy that may apply to `body`, each once, in no particular order.
    func visit(_ activation: CELActivation, _ body: (CompiledPolicy) -> Void) {
        for policy in always { body(policy) }
        if let path {
            switch path.value(in: activation) {
            case .string(let text)?: byText[text]?.visit(activation, body)
            case .bool(let truth)?: byTruth[truth ? 1 : 0]?.visit(activation, body)
            default: break
            }
        }
        rest?.visit(activation, body)
    }
}

extension RuleIndex.Path {
    /// Nil for what is no attribute of the schema.
    init?(_ names: [String]) {
        guard let first = names.first, names.count <= 2,
            let root = PolicyAttributes.Root.allCases.first(where: { $0.name == first })
        else { return nil }
        guard names.count == 2 else {
            self.init(slot: root.rawValue, field: nil)
            return
        }
        guard let field = root.record?.number(of: names[1]) else { return nil }
        self.init(slot: root.rawValue, field: field)
    }

    @inline(__always)
    func value(in activation: CELActivation) -> CELValue? {
        guard let field else { return activation[slot] }
        guard case .record(let record)? = activation[slot] else { return nil }
        return record.values[field]
    }
}
