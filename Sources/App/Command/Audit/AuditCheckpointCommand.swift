import Answers
import ArgumentParser
import ControlPlane

struct AuditCheckpointCommand: StateCommand {
    static let configuration = CommandConfiguration(
        commandName: "checkpoint", abstract: "Sign the log as it is now and print the signed note.")

    @Option(help: "Go on with a state that does not agree with its checkpoint, for this reason; it is recorded.")
    var acceptRollback: String?

    @OptionGroup var options: GlobalOptions

    func run() async throws {
        if let reason = acceptRollback { return try await accept(reason) }
        guard let server = try await RemoteServer(options) else {
            return options.console.show(
                try await options.withInstallation { installation in
                    Printout.checkpoint(try await installation.checkpoint(), key: installation.verifierKey)
                })
        }
        _ = try await server.show(RemoteCall.get("audit", "checkpoint"), on: options.console)
    }

    private func accept(_ reason: String) async throws {
        guard options.serverAddress == nil else {
            throw InstallationError(
                code: .usage, operation: "accept a rollback", message: "only whoever has the state at hand does that")
        }
        let installation = try await Installation.open(
            try options.stateFolder, as: options.actor, creating: false, acceptingRollback: true)
        let remarks = try await installation.acceptRollback(reason: reason)
        try await installation.close()
        for remark in remarks { Console.complain("warning: \(TextTable.visible(remark))") }
        options.console.note("the state is taken as it is; the log says so")
    }
}
