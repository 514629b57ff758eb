/// Equality and order of values, charged by what they read.
enum Comparison {
    /// - Parameter floor: the least that it costs.
    static func equal(
        _ left: CELValue, _ right: CELValue, _ budget: inout Budget, floor: Int = 0
    ) throws(CELError) -> Bool {
        try budget.charge(floor)
        switch (left, right) {
        case (.int(let left), .int(let right)): return left == right
        case (.string(let left), .string(let right)):
            try budget.chargeReading(left.utf8.count)
            return left == right
        case (.bytes(let left), .bytes(let right)):
            try budget.chargeReading(left.count)
            return left == right
        case (.list(let left), .list(let right)):
            guard left.count == right.count else { return false }
            for (left, right) in zip(left, right) where try !equal(left, right, &budget, floor: 1) { return false }
            return true
        case (.map(let left), .map(let right)):
            guard left.count == right.count else { return false }
            for entry in left.entries {
                guard let other = right[entry.key], try equal(entry.value, other, &budget, floor: 2) else {
                    return false
                }
            }
            return true
        default: return left == right
        }
    }

    static func contains(_ list: [CELValue], _ text: CELString, _ budget: inout Budget) throws(CELError) -> Bool {
        // By index: to walk through the list would count references to each element.
        for index in list.indices {
            guard case .string(let element) = list[index], element.utf8.count == text.utf8.count else { continue }
            try budget.chargeReading(text.utf8.count)
            if element == text {
                try budget.charge(index)
                return true
            }
        }
        try budget.charge(list.count)
        return false
    }

    /// Nil when there is no order among values of such types.
    static func order(_ left: CELValue, _ right: CELValue) -> CELNumber.Order? {
        switch (left, right) {
        case (.int(let left), .int(let right)): return between(left, right)
        case (.string(let left), .string(let right)): return between(left, right)
        case (.timestamp(let left), .timestamp(let right)): return between(left, right)
        case (.duration(let left), .duration(let right)): return between(left, right)
        case (.bool(let left), .bool(let right)): return between(left ? 1 : 0, right ? 1 : 0)
        case (.bytes(let left), .bytes(let right)):
            if left == right { return .equal }
            return left.lexicographicallyPrecedes(right) ? .less : .greater
        default:
            guard let left = CELNumber(left), let right = CELNumber(right) else { return nil }
            return left.order(right)
        }
    }

    private static func between<Value: Comparable>(_ left: Value, _ right: Value) -> CELNumber.Order {
        left < right ? .less : left == right ? .equal : .greater
    }
}
