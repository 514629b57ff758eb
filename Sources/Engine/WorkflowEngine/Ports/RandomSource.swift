/// Where jitter comes from; handed in, so that a run can be repeated from a seed.
public struct RandomSource: Sendable {
    /// At least 0, less than 1.
    public let unit: @Sendable () -> Double

    public init(unit: @escaping @Sendable () -> Double) { self.unit = unit }

    public static let system = RandomSource { Double.random(in: 0..<1) }
}
