import Answers
import ArgumentParser
import ControlPlane

struct DriftCommand: AnswerCommand {
    static let configuration = CommandConfiguration(
        commandName: "drift", abstract: "Show where targets differ from the definitions last applied.")

    @Flag(help: "Exit with 2 when there are differences.")
    var detailedExitcode = false

    @OptionGroup var options: GlobalOptions

    var statusOfChanges: ExitStatus { detailedExitcode ? .changes : .done }

    func answer(_ installation: Installation) async throws -> Printout {
        .plan(try await installation.surveyInForce())
    }

    func call(_ server: RemoteServer) -> RemoteCall {
        var call = RemoteCall.post("plans", repeats: .always)
        call.patience = .minutes(15)
        return call
    }
}
