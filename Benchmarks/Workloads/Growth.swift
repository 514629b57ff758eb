import AccessModel
import Definitions
import Planning

extension Workload {
    /// How the time of a plan grows with the organisation.
    static let growth = Workload("plan-growth", area: "Planner", title: "growth of plan and reconcile, 1k to 1M") {
        bench in
        var plans: [PowerLaw.Point] = []
        var diffs: [PowerLaw.Point] = []
        for size in bench.sizes([1_000, 10_000, 100_000, 1_000_000]) {
            let enterprise = Enterprise(size: size)
            let files = enterprise.files
            let input = try enterprise.input()
            let observations = try enterprise.observations(input)
            let plan = await bench.seconds(.cpu, runs: 3) {
                let reading = DefinitionReader.read(files, connectors: Enterprise.connectors, revision: "revision-1")
                guard let organization = reading.organization else { return }
                var input = input
                input.organization = organization
                keep(Planner.desired(input))
            }
            let reconcile = try await bench.seconds(.cpu, runs: 3) {
                keep(try Planner.plan(input, observations: observations))
            }
            plans.append(PowerLaw.Point(size: size, seconds: plan.median))
            diffs.append(PowerLaw.Point(size: size, seconds: reconcile.median))
            bench.record("files to desired state", size: size, unit: "s", plan.median, samples: plan.seconds)
            bench.record("reconcile in memory", size: size, unit: "s", reconcile.median, samples: reconcile.seconds)
        }
        guard plans.count > 1 else { return }
        bench.record("exponent, files to desired state", unit: "", PowerLaw(plans).exponent, goal: .atMost(1.05))
        bench.record("exponent, reconcile in memory", unit: "", PowerLaw(diffs).exponent, goal: .atMost(1.05))
    }
}
