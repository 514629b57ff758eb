extension Workload {
    /// Somebody leaves: the plan narrowed to that person, with an index that is there already.
    static let oneLeaver = Workload("plan-leaver", area: "Planner", title: "one leaver planned") { bench in
        var medians: [Double] = []
        for size in bench.sizes([1_000, 10_000, 100_000, 1_000_000]) {
            let leaver = try Departure(Enterprise(size: size))
            // One plan is too short for the clock: a hundred and one leavers, and the median of a hundred.
            let all = try await bench.seconds(.cpu, runs: 101) { try leaver.plan() }
            medians.append(all.median)
            bench.record(
                "plan", size: size, unit: "ms", all.median * 1_000, samples: all.milliseconds, goal: .atMost(1))
        }
        guard medians.count > 1, let first = medians.first, let last = medians.last else { return }
        bench.record("largest against smallest", unit: "", last / first, goal: .atMost(1.5))
    }
}
