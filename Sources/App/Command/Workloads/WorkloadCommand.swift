import AccessModel
import Answers
import ArgumentParser
import ControlPlane
import Definitions
import StrictJSON

struct WorkloadCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "workload",
        abstract: "Service identities for workloads: declared in a tenant's file, for a time, with an owner.",
        subcommands: [WorkloadCreateCommand.self, WorkloadUntilCommand.self, WorkloadListCommand.self])
}

/// `payments/live/deploy`
struct WorkloadName: ExpressibleByArgument {
    let tenant: Slug
    let tier: Slug
    let name: Slug

    init?(argument: String) {
        let prefix = "workload:"
        let text = argument.hasPrefix(prefix) ? argument.dropFirst(prefix.count) : Substring(argument)
        let parts = text.split(separator: "/", omittingEmptySubsequences: false).map { Slug($0) }
        guard parts.count == 3, let tenant = parts[0], let tier = parts[1], let name = parts[2] else { return nil }
        self.tenant = tenant
        self.tier = tier
        self.name = name
    }
}

/// What the commands that edit have in common.
struct WorkloadEditOptions: ParsableArguments {
    @Argument(help: "The workload, as TENANT/TIER/NAME.")
    var workload: WorkloadName

    @Argument(help: "The folder that holds platform.yaml.")
    var directory = "."

    @Flag(help: "Show what would be written, and write nothing.")
    var dryRun = false
}

extension Console {
    func show(_ edit: WorkloadFile.Edit, isDry: Bool) {
        if format == .json {
            print(edit.json.prettyText)
            return
        }
        for line in edit.difference {
            print(styled(line, line.hasPrefix("+") ? .green : line.hasPrefix("-") ? .red : .dim))
        }
        for remark in edit.remarks { note(DiagnosticLine(remark).text(ink)) }
        let outcome =
            edit.difference.isEmpty
            ? "says so already" : isDry ? "would be changed so; nothing is written" : "is written"
        note("\(edit.path) \(outcome)\(edit.isWritten ? "; `tenure plan` shows what follows from it" : "")")
    }
}
