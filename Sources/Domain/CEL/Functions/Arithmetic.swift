/// The operators on numbers, texts, lists and times. What goes beyond the range of its type is an error.
enum Arithmetic {
    static func add(_ left: CELValue, _ right: CELValue, _ budget: inout Budget) throws(CELError) -> CELValue {
        switch (left, right) {
        case (.int(let left), .int(let right)): return .int(try exact(left.addingReportingOverflow(right), "+"))
        case (.uint(let left), .uint(let right)): return .uint(try exact(left.addingReportingOverflow(right), "+"))
        case (.double(let left), .double(let right)): return .double(left + right)
        case (.string(let left), .string(let right)):
            try budget.chargeMaking(left.utf8.count + right.utf8.count)
            return .string(CELString(left.text + right.text))
        case (.bytes(let left), .bytes(let right)):
            try budget.chargeMaking(left.count + right.count)
            return .bytes(left + right)
        case (.list(let left), .list(let right)):
            try budget.charge(left.count + right.count)
            return .list(left + right)
        case (.timestamp(let time), .duration(let span)), (.duration(let span), .timestamp(let time)):
            return .timestamp(try time.adding(span))
        case (.duration(let left), .duration(let right)):
            return .duration(try left.adding(right))
        default: throw .noOverload("+", left, right)
        }
    }

    static func subtract(_ left: CELValue, _ right: CELValue) throws(CELError) -> CELValue {
        switch (left, right) {
        case (.int(let left), .int(let right)): return .int(try exact(left.subtractingReportingOverflow(right), "-"))
        case (.uint(let left), .uint(let right)):
            return .uint(try exact(left.subtractingReportingOverflow(right), "-"))
        case (.double(let left), .double(let right)): return .double(left - right)
        case (.timestamp(let time), .duration(let span)): return .timestamp(try time.subtracting(span))
        case (.timestamp(let left), .timestamp(let right)):
            return .duration(try left.duration(since: right))
        case (.duration(let left), .duration(let right)):
            return .duration(try left.subtracting(right))
        default: throw .noOverload("-", left, right)
        }
    }

    static func multiply(_ left: CELValue, _ right: CELValue) throws(CELError) -> CELValue {
        switch (left, right) {
        case (.int(let left), .int(let right)): return .int(try exact(left.multipliedReportingOverflow(by: right), "*"))
        case (.uint(let left), .uint(let right)):
            return .uint(try exact(left.multipliedReportingOverflow(by: right), "*"))
        case (.double(let left), .double(let right)): return .double(left * right)
        default: throw .noOverload("*", left, right)
        }
    }

    static func divide(_ left: CELValue, _ right: CELValue) throws(CELError) -> CELValue {
        switch (left, right) {
        case (.int, .int(0)), (.uint, .uint(0)): throw CELError(.divisionByZero, "division by zero")
        case (.int(let left), .int(let right)): return .int(try exact(left.dividedReportingOverflow(by: right), "/"))
        case (.uint(let left), .uint(let right)): return .uint(left / right)
        case (.double(let left), .double(let right)): return .double(left / right)
        default: throw .noOverload("/", left, right)
        }
    }

    static func modulo(_ left: CELValue, _ right: CELValue) throws(CELError) -> CELValue {
        switch (left, right) {
        case (.int, .int(0)), (.uint, .uint(0)): throw CELError(.modulusByZero, "modulus by zero")
        case (.int(let left), .int(let right)):
            return .int(try exact(left.remainderReportingOverflow(dividingBy: right), "%"))
        case (.uint(let left), .uint(let right)): return .uint(left % right)
        default: throw .noOverload("%", left, right)
        }
    }

    private static func exact<Number>(
        _ outcome: (partialValue: Number, overflow: Bool), _ operation: String
    ) throws(CELError) -> Number {
        guard !outcome.overflow else { throw .overflow("the result of \(operation) is beyond the range of its type") }
        return outcome.partialValue
    }
}
