/// What a macro walks through, and what it asks of each element.
struct Walk: Sendable {
    let range: any Node
    /// The place among the locals of the frame; nil for the macro that stands within no other.
    let local: Int?
    /// What each element costs at least.
    let step: Int

    /// The elements of a list, the keys of a map.
    func elements(_ frame: inout Frame) throws(CELError) -> [CELValue] {
        switch try range.evaluate(&frame) {
        case .list(let list): return list
        case .map(let map):
            try frame.budget.charge(map.count)
            return map.entries.map(\.key)
        case let value: throw CELError(.noSuchOverload, "no such overload: cannot walk through \(value.typeName)")
        }
    }

    func open(_ frame: inout Frame) {
        if local != nil { frame.locals.append(.null) }
    }

    func close(_ frame: inout Frame) {
        if local != nil { frame.locals.removeLast() }
    }

    @inline(__always)
    func enter(_ element: CELValue, _ frame: inout Frame) throws(CELError) {
        try frame.budget.charge(step)
        if let local {
            frame.locals[local] = element
        } else {
            frame.outermost = element
        }
    }
}

/// `all` and `exists`: as `&&` and `||` of the condition for each element.
final class QuantifierNode: ConditionNode {
    let walk: Walk
    let condition: any Node
    /// What one element decides: false for `all`, true for `exists`.
    let decisive: Bool

    init(_ walk: Walk, _ condition: any Node, decisive: Bool) {
        self.walk = walk
        self.condition = condition
        self.decisive = decisive
    }

    func test(_ frame: inout Frame) throws(CELError) -> Bool {
        let elements = try walk.elements(&frame)
        walk.open(&frame)
        defer { walk.close(&frame) }
        var failure: CELError?
        for element in elements {
            try walk.enter(element, &frame)
            do throws(CELError) {
                if try condition.test(&frame) == decisive { return decisive }
            } catch {
                if error.isFinal { throw error }
                failure = failure ?? error
            }
        }
        if let failure { throw failure }
        return !decisive
    }
}

/// `exists_one`
final class UniqueNode: ConditionNode {
    let walk: Walk
    let condition: any Node

    init(_ walk: Walk, _ condition: any Node) {
        self.walk = walk
        self.condition = condition
    }

    func test(_ frame: inout Frame) throws(CELError) -> Bool {
        let elements = try walk.elements(&frame)
        walk.open(&frame)
        defer { walk.close(&frame) }
        var found = 0
        for element in elements {
            try walk.enter(element, &frame)
            if try condition.test(&frame) { found += 1 }
        }
        return found == 1
    }
}

/// `map` and `filter`
final class TransformNode: Node {
    let walk: Walk
    let condition: (any Node)?
    /// Nil where an element is taken as it is.
    let transform: (any Node)?

    init(_ walk: Walk, _ condition: (any Node)?, _ transform: (any Node)?) {
        self.walk = walk
        self.condition = condition
        self.transform = transform
    }

    func evaluate(_ frame: inout Frame) throws(CELError) -> CELValue {
        let elements = try walk.elements(&frame)
        walk.open(&frame)
        defer { walk.close(&frame) }
        var results: [CELValue] = []
        for element in elements {
            try walk.enter(element, &frame)
            if let condition, try !condition.test(&frame) { continue }
            results.append(try transform?.evaluate(&frame) ?? element)
        }
        return .list(results)
    }
}
