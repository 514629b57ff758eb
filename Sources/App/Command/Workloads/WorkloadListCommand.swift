import Answers
import ArgumentParser
import ControlPlane
import StrictJSON

struct WorkloadListCommand: FileCommand {
    static let configuration = CommandConfiguration(
        commandName: "list", abstract: "Declared workloads, with their owners and ends.")

    @Argument(help: "The folder that holds platform.yaml.")
    var directory = "."

    @OptionGroup var options: GlobalOptions

    func run() async throws {
        let console = options.console
        let workloads = try WorkloadFile(directory).all()
        guard console.format != .json else {
            console.print(JSONValue.array(workloads.map { WorkloadFile.json($0) }).prettyText)
            return
        }
        var table = TextTable("WORKLOAD", "KNOWN BY", "OWNER", "LAST DAY", "PLACE")
        for workload in workloads {
            let proof = workload.secretTimeToLive.map { "a secret of at most \($0)" } ?? workload.subject
            table.add(
                "\(workload.tenant)/\(workload.tier)/\(workload.name)", TextTable.visible(proof),
                workload.owner?.text ?? "-", workload.end?.lastDay.description ?? "-", workload.place.description)
        }
        console.print(table.text(console.ink))
    }
}
