import AccessModel
import CYAML
import Definitions
import Planning

extension Workload {
    /// From the bytes of all files and what a target holds to the plan.
    static let coldPlan = Workload(
        "plan-cold", area: "Planner", title: "cold parse and plan, memberships a CPU second"
    ) { bench in
        for size in bench.sizes([100_000]) {
            let enterprise = Enterprise(size: size)
            let files = enterprise.files
            let input = try enterprise.input()
            let observations = try enterprise.observations(input)
            let count = enterprise.membershipCount
            let unit = "memberships/CPU-s"
            let events = await bench.seconds(.cpu) { keep(yamlEvents(files)) }
            let parse = await bench.seconds(.cpu) {
                keep(DefinitionReader.read(files, connectors: Enterprise.connectors, revision: "revision-1"))
            }
            let plan = try await bench.seconds(.cpu) { keep(try Planner.plan(input, observations: observations)) }
            let both = try await bench.seconds(.cpu) {
                var input = input
                let reading = DefinitionReader.read(files, connectors: Enterprise.connectors, revision: "revision-1")
                guard let organization = reading.organization else {
                    throw EnterpriseError(description: "the files could not be read")
                }
                input.organization = organization
                keep(try Planner.plan(input, observations: observations))
            }
            let references = [
                Reference("libyaml's events alone", Double(count) / events.median),
                await PythonPlanner.reference(bench, enterprise),
                TerraformPlanner.reference(bench),
            ]
            bench.record(
                "parse and plan", size: size, unit: unit, Double(count) / both.median, samples: both.rates(count),
                goal: .atLeast(1_000_000), references: references)
            bench.record(
                "parse alone", size: size, unit: unit, Double(count) / parse.median, samples: parse.rates(count),
                references: references)
            bench.record(
                "plan alone", size: size, unit: unit, Double(count) / plan.median, samples: plan.rates(count))
        }
    }

    /// The least that reading YAML can cost: all events of all files, looked at by nobody.
    private static func yamlEvents(_ files: [DefinitionFile]) -> Int {
        var events = 0
        let parser = UnsafeMutablePointer<yaml_parser_t>.allocate(capacity: 1)
        let event = UnsafeMutablePointer<yaml_event_t>.allocate(capacity: 1)
        defer {
            parser.deallocate()
            event.deallocate()
        }
        for file in files {
            guard yaml_parser_initialize(parser) == 1 else { continue }
            defer { yaml_parser_delete(parser) }
            file.bytes.withUnsafeBufferPointer { bytes in
                yaml_parser_set_input_string(parser, bytes.baseAddress, bytes.count)
                var isOver = false
                while !isOver, yaml_parser_parse(parser, event) == 1 {
                    isOver = event.pointee.type == YAML_STREAM_END_EVENT
                    events += 1
                    yaml_event_delete(event)
                }
            }
        }
        return events
    }
}
