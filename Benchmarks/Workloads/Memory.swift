import AccessModel
import CMalloc
import Definitions
import Planning

extension Workload {
    /// The bytes that an identity costs while its organisation is held ready for plans.
    static let memory = Workload("plan-memory", area: "Planner", title: "memory an identity with all indexes") {
        bench in
        for size in bench.sizes([100_000]) {
            let enterprise = Enterprise(size: size)
            let keys = growth { Set((0..<size).map { enterprise.person($0) }) }
            let whole = try growth {
                let input = try enterprise.input()
                return Ready(input: input, index: PlanningIndex(input))
            }
            bench.record(
                "definitions, people, bindings and all indexes", size: size, unit: "KiB",
                whole / Double(size) / 1_024, goal: .atMost(1),
                references: [Reference("a set of the same keys", keys / Double(size) / 1_024)])
        }
    }

    private struct Ready {
        let input: PlanningInput
        let index: PlanningIndex
    }

    /// Bytes in use on the heap while `make`'s value lives, more than before.
    private static func growth<Value>(_ make: () throws -> Value) rethrows -> Double {
        let before = heapBytes()
        let value = try make()
        let after = heapBytes()
        keep(value)
        return Double(after) - Double(before)
    }

    private static func heapBytes() -> Int {
        malloc_trim(0)
        let info = mallinfo2()
        return Int(info.uordblks) + Int(info.hblkhd)
    }
}
