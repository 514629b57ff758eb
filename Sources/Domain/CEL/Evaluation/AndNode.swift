/// `a && b && …`: false when any is false, whatever the others are; otherwise an error when any is one.
final class AndNode: ConditionNode {
    let terms: [any Node]

    init(_ terms: [any Node]) { self.terms = terms }

    func test(_ frame: inout Frame) throws(CELError) -> Bool {
        var failure: CELError?
        for term in terms {
            do throws(CELError) {
                if try !term.test(&frame) { return false }
            } catch {
                if error.isFinal { throw error }
                failure = failure ?? error
            }
        }
        if let failure { throw failure }
        return true
    }
}

/// `a || b || …`: true when any is true, whatever the others are; otherwise an error when any is one.
final class OrNode: ConditionNode {
    let terms: [any Node]

    init(_ terms: [any Node]) { self.terms = terms }

    func test(_ frame: inout Frame) throws(CELError) -> Bool {
        var failure: CELError?
        for term in terms {
            do throws(CELError) {
                if try term.test(&frame) { return true }
            } catch {
                if error.isFinal { throw error }
                failure = failure ?? error
            }
        }
        if let failure { throw failure }
        return false
    }
}

/// `a && b`: the same for two terms, of which most conditions consist.
final class AndPairNode: ConditionNode {
    let left: any Node
    let right: any Node

    init(_ left: any Node, _ right: any Node) {
        self.left = left
        self.right = right
    }

    func test(_ frame: inout Frame) throws(CELError) -> Bool {
        do throws(CELError) {
            if try !left.test(&frame) { return false }
        } catch {
            if error.isFinal { throw error }
            if try right.settles(false, &frame) { return false }
            throw error
        }
        return try right.test(&frame)
    }
}

/// `a || b`
final class OrPairNode: ConditionNode {
    let left: any Node
    let right: any Node

    init(_ left: any Node, _ right: any Node) {
        self.left = left
        self.right = right
    }

    func test(_ frame: inout Frame) throws(CELError) -> Bool {
        do throws(CELError) {
            if try left.test(&frame) { return true }
        } catch {
            if error.isFinal { throw error }
            if try right.settles(true, &frame) { return true }
            throw error
        }
        return try right.test(&frame)
    }
}

extension Node {
    /// Whether it is `truth`; an error of its own is none, but for one that ends the evaluation.
    fileprivate func settles(_ truth: Bool, _ frame: inout Frame) throws(CELError) -> Bool {
        do throws(CELError) {
            return try test(&frame) == truth
        } catch {
            if error.isFinal { throw error }
            return false
        }
    }
}

final class NotNode: ConditionNode {
    let operand: any Node

    init(_ operand: any Node) { self.operand = operand }

    func test(_ frame: inout Frame) throws(CELError) -> Bool { try !operand.test(&frame) }
}

final class ConditionalNode: Node {
    let condition: any Node
    let then: any Node
    let otherwise: any Node

    init(_ condition: any Node, _ then: any Node, _ otherwise: any Node) {
        self.condition = condition
        self.then = then
        self.otherwise = otherwise
    }

    func evaluate(_ frame: inout Frame) throws(CELError) -> CELValue {
        try condition.test(&frame) ? try then.evaluate(&frame) : try otherwise.evaluate(&frame)
    }

    func test(_ frame: inout Frame) throws(CELError) -> Bool {
        try condition.test(&frame) ? try then.test(&frame) : try otherwise.test(&frame)
    }
}
