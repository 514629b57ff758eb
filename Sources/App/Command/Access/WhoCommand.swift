import AccessModel
import ArgumentParser
import ControlPlane
import Lifecycle

struct WhoCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "who", abstract: "Who is in a group, now or at a time, and why.")

    @Argument(help: "payments/live/contributor, Group(\"payments\", \"live\", \"contributor\") or a slug; `_` for any.")
    var group: String

    @Option(help: "At this time: 2026-11-21 or 2026-11-21T17:00:00Z.")
    var at: Instant?

    @OptionGroup var options: GlobalOptions

    func run() async throws {
        let console = options.console
        let holders = try await options.withInstallation { installation in
            try await installation.history(at: at).who(group)
        }
        if console.format == .json {
            console.print(holders.json.prettyText)
            return
        }
        var table = TextTable("IDENTITY", "E-MAIL", "DESIRED", "OBSERVED", "UNTIL", "WHY")
        for member in holders.members {
            table.add(
                member.identity.description, member.email ?? "-", member.isDesired ? "yes" : "no",
                member.isObserved.map { $0 ? "yes" : "no" } ?? "-", member.until?.description ?? "-",
                Self.why(member))
        }
        console.print(table.text(console))
        console.note("\(holders.members.count) in \(holders.slugs.joined(separator: ", ")) at \(holders.at)")
    }

    private static func why(_ member: AccessHistory.Holders.Member) -> String {
        let words = member.causes.map(\.description) + member.windows.map(\.words)
        return words.isEmpty ? "-" : words.joined(separator: "; ")
    }
}
