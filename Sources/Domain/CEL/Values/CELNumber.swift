/// A number of any of the three types.
enum CELNumber {
    case int(Int64)
    case uint(UInt64)
    case double(Double)

    enum Order { case less, equal, greater, unordered }

    init?(_ value: CELValue) {
        switch value {
        case .int(let value): self = .int(value)
        case .uint(let value): self = .uint(value)
        case .double(let value): self = .double(value)
        default: return nil
        }
    }

    /// The number as an int, when it is one.
    var exactInt: Int64? {
        switch self {
        case .int(let value): value
        case .uint(let value): Int64(exactly: value)
        case .double(let value): Int64(exactly: value)
        }
    }

    /// Whether both are the same number, by their exact values.
    func equals(_ other: CELNumber) -> Bool {
        switch (self, other) {
        case (.double(let left), .int(let right)), (.int(let right), .double(let left)): Int64(exactly: left) == right
        case (.double(let left), .uint(let right)), (.uint(let right), .double(let left)):
            UInt64(exactly: left) == right
        default: order(other) == .equal
        }
    }

    /// Integers by their exact values; beside a double an integer counts as the double nearest to it, as the language's
    /// published cases have it.
    func order(_ other: CELNumber) -> Order {
        switch (self, other) {
        case (.int(let left), .int(let right)): Self.order(left, right)
        case (.uint(let left), .uint(let right)): Self.order(left, right)
        // The comparison of integers of different types is by value, none is converted first.
        case (.int(let left), .uint(let right)): left < right ? .less : left > right ? .greater : .equal
        case (.uint(let left), .int(let right)): left < right ? .less : left > right ? .greater : .equal
        case (.double(let left), .double(let right)): Self.order(left, right)
        case (.double(let left), .int(let right)): Self.order(left, right)
        case (.double(let left), .uint(let right)): Self.order(left, right)
        case (.int, .double), (.uint, .double): other.order(self).reversed
        }
    }

    private static func order<Value: Comparable>(_ left: Value, _ right: Value) -> Order {
        left < right ? .less : left == right ? .equal : left > right ? .greater : .unordered
    }

    private static func order<Whole: FixedWidthInteger>(_ left: Double, _ right: Whole) -> Order {
        order(left, Double(right))
    }
}

extension CELNumber.Order {
    var reversed: CELNumber.Order {
        switch self {
        case .less: .greater
        case .greater: .less
        case .equal, .unordered: self
        }
    }
}
