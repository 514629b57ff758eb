import ArgumentParser
import ControlPlane

struct WorkloadUntilCommand: FileCommand {
    static let configuration = CommandConfiguration(
        commandName: "until", abstract: "Say until when a workload counts: end it sooner, or give it more time.")

    @OptionGroup var edit: WorkloadEditOptions

    @Option(help: "The last day on which it counts, 2027-03-31, or a time, 2027-03-31T18:00:00Z.")
    var to: String

    @OptionGroup var options: GlobalOptions

    func run() async throws {
        let name = edit.workload
        let made = try WorkloadFile(edit.directory).set(
            until: to, of: name.name, name.tier, name.tenant, isDry: edit.dryRun)
        options.console.show(made, isDry: edit.dryRun)
    }
}
