import AccessModel
import Answers
import ArgumentParser
import ControlPlane
import Persistence

struct AuditLogCommand: AnswerCommand {
    static let configuration = CommandConfiguration(commandName: "log", abstract: "Print records, the oldest first.")

    @Option(help: "The newest so many.")
    var last: Int?

    @Option(help: "Only about this subject: a person's id, a target.")
    var subject: String?

    @Option(name: .customLong("case"), help: "Only of this case.")
    var caseID: String?

    @Option(help: "Only of this type, such as change.verified; may be repeated.")
    var type: [String] = []

    @Option(help: "At or after this time.")
    var since: Instant?

    @OptionGroup var options: GlobalOptions

    func answer(_ installation: Installation) async throws -> Printout {
        var filter = AuditLog.Filter()
        filter.last = last
        filter.subject = subject
        filter.caseID = caseID
        filter.types = type
        filter.since = since
        return .records(try await installation.records(filter))
    }

    func call(_ server: RemoteServer) -> RemoteCall {
        .list(
            "audit", "records",
            query: [
                .init("last", last.map { "\($0)" }), .init("subject", subject), .init("case", caseID),
                .init("type", type.isEmpty ? nil : type.joined(separator: ",")), .init("since", since),
            ])
    }
}
