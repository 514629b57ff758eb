/// What the suite found. A test says `#expect(report.failures == [])`.
public struct ConformanceReport: Sendable, CustomStringConvertible {
    public struct Failure: Hashable, Sendable, CustomStringConvertible {
        public let check: String
        public let message: String

        public var description: String { "\(check): \(message)" }
    }

    /// Names of the checks that were run, in order.
    public internal(set) var checks: [String] = []
    public internal(set) var failures: [Failure] = []
    /// What this target's abilities or this world leave out, with the reason.
    public internal(set) var leftOut: [String] = []

    public var description: String {
        (["\(checks.count) checks, \(failures.count) failures"] + failures.map { "  failed: \($0)" }
            + leftOut.map { "  left out: \($0)" }).joined(separator: "\n")
    }
}
