/// Problems as they are found, so many of them as a person will read.
struct ProblemList {
    static let maximumCount = 1_000

    private var found: [FeedProblem] = []
    private var leftOut = 0
    private(set) var hasErrors = false

    mutating func add(_ problem: FeedProblem) {
        if problem.severity == .error { hasErrors = true }
        if found.count < Self.maximumCount {
            found.append(problem)
        } else {
            leftOut += 1
        }
    }

    mutating func add(_ code: String, line: Int, column: Int, field: PersonField? = nil, _ message: String) {
        add(FeedProblem(code: code, line: line, column: column, field: field?.rawValue, message: message))
    }

    mutating func add(_ fault: FieldFault, line: Int, column: Int, field: PersonField) {
        add(fault.code, line: line, column: column, field: field, fault.message)
    }

    /// By place; the last one says how many were left out.
    var sorted: [FeedProblem] {
        guard leftOut > 0, let last = found.map(\.line).max() else { return found.sorted() }
        let rest = FeedProblem(
            severity: .note, code: "more-problems", line: last, column: .max, message: "and \(leftOut) more problems")
        return found.sorted() + [rest]
    }
}
