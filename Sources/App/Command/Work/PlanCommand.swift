import AccessModel
import Answers
import ArgumentParser
import ControlPlane
import StrictJSON

struct PlanCommand: StateCommand {
    static let configuration = CommandConfiguration(
        commandName: "plan", abstract: "Show what would change, and change nothing.")

    @Argument(help: "The folder that holds platform.yaml.")
    var directory = "."

    @Option(help: "Only what concerns this person, an id or an e-mail.")
    var person: String?

    @Option(help: "As if it were this time: 2026-11-21 or 2026-11-21T17:00:00Z.")
    var at: Instant?

    @Option(help: "Write the plan to a file, to be reviewed and applied as it is.")
    var out: String?

    @Flag(help: "Exit with 2 when there are changes.")
    var detailedExitcode = false

    @OptionGroup var options: GlobalOptions

    func run() async throws {
        let ended = if let server = try await RemoteServer(options) { try await ask(server) } else { try await plan() }
        let status = ended == .changes && !detailedExitcode ? .done : ended
        guard status == .done else { throw status }
    }

    private func plan() async throws -> ExitStatus {
        let surveyed = try await options.withInstallation { installation in
            try await installation.survey(directory, person: person, at: at)
        }
        let printout = Printout.plan(surveyed)
        options.console.show(printout)
        if let out {
            try ReviewedPlan(surveyed).write(to: out)
            say(out)
        }
        return printout.status
    }

    private func ask(_ server: RemoteServer) async throws -> ExitStatus {
        let upload = try DefinitionUpload(folder: directory)
        let console = options.console
        let answer = try await server.ask(call(upload, "plans"), accepting: RemoteServer.types(console.format))
        let status = try server.print(answer, on: console)
        guard let out else { return status }
        let file = try await server.ask(call(upload, "plans", "file"), accepting: "application/json")
        guard file.tag == answer.tag else {
            throw InstallationError(
                code: .usage, operation: "plan", message: "the world changed while it was planned; plan again")
        }
        try ReviewedPlan.write(try file.json(), to: out)
        say(out)
        return status
    }

    private func call(_ upload: DefinitionUpload, _ path: String...) -> RemoteCall {
        var call = RemoteCall.post(
            path,
            body: [
                .init("definitions", upload.json), .init("directory", InputFile.shown(directory)),
                .init("person", person), .init("at", at),
            ], repeats: .always)
        call.patience = .minutes(15)
        return call
    }

    private func say(_ out: String) {
        options.console.note("\nThe plan is in \(out); `tenure apply \(out)` does exactly this.")
    }
}
