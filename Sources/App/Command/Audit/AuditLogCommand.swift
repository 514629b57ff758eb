import AccessModel
import ArgumentParser
import AuditTrail
import ControlPlane
import Persistence
import StrictJSON

struct AuditLogCommand: AsyncParsableCommand {
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

    func run() async throws {
        let console = options.console
        let entries = try await options.withInstallation { installation in
            var filter = AuditLog.Filter()
            filter.last = last
            filter.subject = subject
            filter.caseID = caseID
            filter.types = type
            filter.since = since
            return try await installation.records(filter)
        }
        if console.format == .json {
            console.print(JSONValue.array(entries.map(\.json)).prettyText)
            return
        }
        var table = TextTable("SEQ", "AT", "TYPE", "ACTOR", "ABOUT", "DETAIL")
        for entry in entries {
            let record = entry.record
            let detail = record.body.compactText
            table.add(
                String(entry.seq), record.at.description, record.type, record.actor,
                record.subject ?? record.caseID ?? "-", detail.count > 100 ? detail.prefix(99) + "…" : detail)
        }
        console.print(table.text(console))
    }
}
