import Foundation
import Synchronization

/// What a workload measures with.
final class Bench: Sendable {
    /// The name of the workload that runs.
    let workload: String
    private let size: Int?
    private let seconds: Double?
    private let report: @Sendable (Measurement) -> Void
    private let say: @Sendable (String) -> Void

    init(
        workload: String, size: Int?, seconds: Double? = nil, report: @escaping @Sendable (Measurement) -> Void,
        say: @escaping @Sendable (String) -> Void
    ) {
        self.workload = workload
        self.size = size
        self.seconds = seconds
        self.report = report
        self.say = say
    }

    /// What `--size` asks for, or else these.
    func sizes(_ usual: [Int]) -> [Int] { size.map { [$0] } ?? usual }

    /// How long `--seconds` says that a load is put on, or else so long.
    func duration(_ usual: Double) -> Double { seconds ?? usual }

    /// A line of progress, or about what was left out. It goes to standard error.
    func note(_ text: String) { say("\(workload): \(text)") }

    /// Says loudly that a peer or a limit was not measured, and stands for it in the report.
    func skip(_ reference: String, why: String) -> Reference {
        say("\(workload): SKIPPED \(reference): \(why)")
        return Reference(reference, skipped: why)
    }

    func record(
        _ measure: String, size: Int? = nil, unit: String, _ value: Double, samples: [Double] = [], goal: Goal? = nil,
        references: [Reference] = []
    ) {
        report(
            Measurement(
                workload: workload, measure: measure, size: size, unit: unit, value: value, samples: samples,
                goal: goal,
                references: references))
    }

    /// The seconds of five runs after one that warms up, sorted; the value to report is their ``Samples/median``.
    func seconds(
        _ clock: Stopwatch, runs: Int = 5, warmUp: Int = 1, _ work: () async throws -> Void
    ) async rethrows -> Samples {
        for _ in 0..<warmUp { try await work() }
        var seconds: [Double] = []
        for _ in 0..<runs {
            let start = clock.seconds
            try await work()
            seconds.append(clock.seconds - start)
        }
        return Samples(seconds)
    }

    /// The same for work that needs something made anew each time; making it is not counted.
    func seconds<Input>(
        _ clock: Stopwatch, runs: Int = 5, warmUp: Int = 1, before: () async throws -> Input,
        _ work: (Input) async throws -> Void
    ) async rethrows -> Samples {
        var seconds: [Double] = []
        for run in 0..<(warmUp + runs) {
            let input = try await before()
            let start = clock.seconds
            try await work(input)
            let taken = clock.seconds - start
            if run >= warmUp { seconds.append(taken) }
        }
        return Samples(seconds)
    }
}

/// Measured seconds, the shortest first.
struct Samples: Sendable {
    let seconds: [Double]

    init(_ seconds: [Double]) { self.seconds = seconds.sorted() }

    var median: Double { seconds.isEmpty ? 0 : seconds[seconds.count / 2] }

    func quantile(_ part: Double) -> Double {
        seconds.isEmpty ? 0 : seconds[min(seconds.count - 1, Int(Double(seconds.count) * part))]
    }

    /// As milliseconds, for ``Bench/record(_:size:unit:_:samples:goal:references:)``.
    var milliseconds: [Double] { seconds.map { $0 * 1_000 } }

    /// As things a second.
    func rates(_ count: Int) -> [Double] { seconds.map { Double(count) / $0 } }
}
