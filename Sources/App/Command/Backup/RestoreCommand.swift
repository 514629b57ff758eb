import Answers
import ArgumentParser
import ControlPlane
import StrictJSON

struct RestoreCommand: KeeperCommand {
    static let configuration = CommandConfiguration(
        commandName: "restore", abstract: "Put a backup in the place of a state that is gone.",
        discussion: """
            Nothing is overwritten. A copy that is damaged is refused, and so is one that is older than the checkpoint \
            outside of the database, unless a reason is given; it is recorded, and nothing is done by the older \
            definitions until a folder is applied.
            """)

    @Argument(help: "The file that `tenure backup` wrote; its manifest stands beside it.")
    var file: String

    @Option(help: "Go on with a copy that is older than what was sealed, for this reason; it is recorded.")
    var acceptRollback: String?

    @OptionGroup var options: GlobalOptions

    func run() async throws {
        let console = options.console
        let restoration = Restoration(of: file, to: try options.stateFolder, acceptingRollback: acceptRollback)
        let outcome = try await restoration.run(as: options.actor)
        for remark in outcome.remarks { Console.complain("warning: \(TextTable.visible(remark))") }
        if console.format == .json {
            var object = outcome.manifest.json.object ?? JSONObject()
            object["rolled_back"] = .bool(outcome.isRolledBack)
            console.print(JSONValue.object(object).prettyText)
            return
        }
        console.print("\(outcome.manifest.contents.records) records, as of \(outcome.manifest.madeAt)")
        if outcome.isRolledBack {
            console.note(
                "the log says that an older copy was taken on; apply the definitions of today before anything else")
        }
    }
}
