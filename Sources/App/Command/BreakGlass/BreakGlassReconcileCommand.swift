import Answers
import ArgumentParser
import ControlPlane

struct BreakGlassReconcileCommand: AnswerCommand {
    static let configuration = CommandConfiguration(
        commandName: "reconcile", abstract: "Take what was done with a sealed grant into the log and the windows.")

    @Argument(help: "The sealed grant, with its receipts beside it.")
    var file: String

    @OptionGroup var options: GlobalOptions

    func answer(_ installation: Installation) async throws -> Printout {
        .intake(try await installation.reconcileSealed(try SealedEvidence(of: file)))
    }

    func call(_ server: RemoteServer) throws -> RemoteCall {
        let evidence = try SealedEvidence(of: file)
        // What the log has already is not taken twice.
        return .post(
            "break-glass", "sealed", "uses",
            body: [.init("grant", evidence.grantText), .init("receipts", evidence.receiptsText)], repeats: .always)
    }
}
