import Answers
import ArgumentParser
import ControlPlane
import StrictJSON

struct TargetCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "target", abstract: "The connected systems.", subcommands: [List.self, Check.self],
        defaultSubcommand: List.self)

    struct List: FileCommand {
        static let configuration = CommandConfiguration(abstract: "List the targets of an organisation.")

        @Argument(help: "The folder that holds targets.yaml.")
        var directory = "."
        @OptionGroup var options: GlobalOptions

        func run() async throws {
            let console = options.console
            let targets = try Installation.targets(in: directory)
            if console.format == .json {
                console.print(JSONValue.array(targets.map(\.json)).prettyText)
                return
            }
            var table = TextTable("NAME", "CONNECTOR", "COVERS", "MODE", "CRITICAL")
            for target in targets {
                table.add(target.name, target.connector, target.covers, target.mode, target.isCritical ? "yes" : "no")
            }
            console.print(table.text(console.ink))
        }
    }

    struct Check: FileCommand {
        static let configuration = CommandConfiguration(
            abstract: "Reach every target with its credential, changing nothing.")

        @Argument(help: "The folder that holds targets.yaml.")
        var directory = "."
        @OptionGroup var options: GlobalOptions

        func run() async throws {
            let console = options.console
            let checks = try await Installation.checkTargets(in: directory)
            if console.format == .json {
                console.print(JSONValue.array(checks.map(\.json)).prettyText)
            } else {
                var table = TextTable("NAME", "OK", "DETAIL")
                for check in checks { table.add(check.name, check.isReachable ? "yes" : "no", check.detail) }
                console.print(table.text(console.ink))
            }
            if checks.contains(where: { !$0.isReachable }) { throw ExitStatus.failed }
        }
    }
}
