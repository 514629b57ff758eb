import Answers
import ArgumentParser
import ControlPlane
import Foundation

/// `tenure`: every connected system grants exactly what it should, and anyone can prove it.
@main
struct RootCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "tenure",
        abstract: "Every connected system grants exactly what it should, and anyone can prove it.",
        discussion: """
            Exit codes: 0 done, 1 error, 2 changes (with --detailed-exitcode), 3 held or denied by policy.
            """,
        version: version,
        groupedSubcommands: [
            CommandGroup(
                name: "Definitions:",
                subcommands: [
                    InitCommand.self, ValidateCommand.self, PolicyCommand.self, TargetCommand.self, CICommand.self,
                    DefinitionsCommand.self,
                ]),
            CommandGroup(
                name: "People and workloads:",
                subcommands: [PeopleCommand.self, EventCommand.self, WorkloadCommand.self, SCIMCommand.self]),
            CommandGroup(
                name: "Changes:",
                subcommands: [
                    PlanCommand.self, ApplyCommand.self, DriftCommand.self, ReconcileCommand.self, CaseCommand.self,
                    HoldCommand.self, ClockCommand.self,
                ]),
            CommandGroup(name: "Access:", subcommands: [AccessCommand.self]),
            CommandGroup(
                name: "Emergencies and notices:", subcommands: [BreakGlassCommand.self, NoticeCommand.self]),
            CommandGroup(
                name: "Server:",
                subcommands: [
                    ServeCommand.self, WorkerCommand.self, ConfigCommand.self, BackupCommand.self, RestoreCommand.self,
                ]),
            CommandGroup(
                name: "Sign-in:", subcommands: [LoginCommand.self, LogoutCommand.self, TokenCommand.self]),
            CommandGroup(
                name: "Answers:",
                subcommands: [WhoCommand.self, ExplainCommand.self, ReportCommand.self, AuditCommand.self]),
        ])

    static let version = "0.1.0"

    static func main() async {
        let status: ExitStatus
        do {
            try ProcessMemory.keepToItself()
            var command = try parseAsRoot(arguments(Array(CommandLine.arguments.dropFirst())))
            try (command as? any LocalCommand)?.refuseServer()
            if var command = command as? any AsyncParsableCommand {
                try await command.run()
            } else {
                try command.run()
            }
            status = .done
        } catch let ended as ExitStatus {
            status = ended
        } catch {
            status = report(error)
        }
        Foundation.exit(status.rawValue)
    }

    /// What is typed, with a server that is named before the command behind it, where every option stands.
    private static func arguments(_ typed: [String]) -> [String] {
        var rest = typed[...]
        var server: [String] = []
        while let first = rest.first {
            if first == "--server", rest.count > 1 {
                server += rest.prefix(2)
                rest = rest.dropFirst(2)
            } else if first.hasPrefix("--server=") {
                server.append(first)
                rest = rest.dropFirst()
            } else {
                break
            }
        }
        let end = rest.firstIndex(of: "--") ?? rest.endIndex
        return rest[..<end] + server + rest[end...]
    }

    /// Help and version are results; everything else is an error, and ends with 1.
    private static func report(_ error: any Error) -> ExitStatus {
        if exitCode(for: error).isSuccess {
            print(fullMessage(for: error))
            return .done
        }
        if let problem = error as? RemoteProblem {
            for line in problem.lines { Console.complain(line) }
            return problem.status
        }
        if let broken = error as? BrokenDefinitions {
            for diagnostic in broken.diagnostics { Console.complain(diagnostic.text) }
            Console.complain("error: the definitions have errors, and \(broken.outcome)")
        } else if error is ValidationError || error is CleanExit || "\(type(of: error))" == "CommandError" {
            Console.complain(fullMessage(for: error))
        } else {
            Console.complain("error: \(TextTable.visible("\(error)"))")
        }
        return .failed
    }
}
