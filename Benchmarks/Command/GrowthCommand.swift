import AccessModel
import ArgumentParser
import Definitions
import Foundation
import Planning

/// Fails when planning grows faster than its input: cheap enough for every run of the tests.
///
/// It counts CPU seconds, takes the least of three, and gives a step that looks too steep two more tries: a busy machine
/// makes one try slow, a quadratic loop all of them. A debug build's exponents are as good as a release build's.
struct GrowthCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "growth", abstract: "exit 1 when a plan's time grows faster than its input")

    private static let sizes = [1_500, 3_000, 6_000, 12_000]
    private static let tries = 3

    func run() throws {
        var steep: [String] = []
        let worlds = try Self.sizes.map { try GrowthWorld(Enterprise(size: $0)) }
        for step in GrowthStep.all {
            var exponents: [Double] = []
            repeat {
                exponents.append(try exponent(of: step, worlds))
            } while (exponents.min() ?? 0) > step.limit
                && exponents.count < Self.tries
            let exponent = exponents.min() ?? 0
            let verdict = exponent > step.limit ? "TOO STEEP" : "ok"
            print(
                "growth: \(step.name): exponent \(Figure.text(exponent)), limit \(Figure.text(step.limit)): \(verdict)")
            if exponent > step.limit { steep.append(step.name) }
        }
        guard steep.isEmpty else { throw ExitCode(1) }
    }

    private func exponent(of step: GrowthStep, _ worlds: [GrowthWorld]) throws -> Double {
        try PowerLaw(
            worlds.map { world in
                var least = Double.infinity
                for _ in 0..<3 {
                    let start = Stopwatch.cpu.seconds
                    for _ in 0..<step.repeats { try step.run(world) }
                    least = min(least, Stopwatch.cpu.seconds - start)
                }
                return PowerLaw.Point(size: world.enterprise.size, seconds: least)
            }
        ).exponent
    }
}

/// An organisation with all that its steps need.
private struct GrowthWorld {
    let enterprise: Enterprise
    let files: [DefinitionFile]
    let input: PlanningInput
    let observations: [Slug: TargetObservation]
    let edit: FileEdit
    let departure: Departure

    init(_ enterprise: Enterprise) throws {
        self.enterprise = enterprise
        files = enterprise.files
        input = try enterprise.input()
        observations = try enterprise.observations(input)
        edit = try FileEdit(enterprise)
        departure = try Departure(enterprise)
    }
}

/// What must not grow faster than `size^limit`.
private struct GrowthStep: Sendable {
    let name: String
    let limit: Double
    /// So often in one go: what is over in no time cannot be timed.
    var repeats = 1
    let run: @Sendable (GrowthWorld) throws -> Void

    /// The limits leave room for a logarithm and a noisy machine; a quadratic loop comes out near 2, a linear one in a
    /// narrowed plan near 1.
    static let all = [
        GrowthStep(name: "reading files", limit: 1.3) { world in
            keep(DefinitionReader.read(world.files, connectors: Enterprise.connectors, revision: "revision-1"))
        },
        GrowthStep(name: "index", limit: 1.3, repeats: 3) { keep(PlanningIndex($0.input)) },
        GrowthStep(name: "plan", limit: 1.3) { world in
            keep(try Planner.plan(world.input, observations: world.observations))
        },
        GrowthStep(name: "one changed file", limit: 0.4) { try $0.edit.plan() },
        GrowthStep(name: "one leaver", limit: 0.4, repeats: 20) { try $0.departure.plan() },
    ]
}
