import AccessModel
import ArgumentParser
import ControlPlane
import Lifecycle
import Policies
import StrictJSON

struct PolicyReplayCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "replay",
        abstract: "Decide every recorded request and plan again by the working copy, and print which decisions flip.",
        discussion: """
            What would open up comes first. Exits 2 when any decision flips, 1 when some are
            not on record and cannot be made again.
            """)

    @Argument(help: "The folder that holds platform.yaml.")
    var directory = "."

    @Option(help: "Decisions of this time and later: 2026-11-21 or 2026-11-21T17:00:00Z.")
    var since: Instant?

    @OptionGroup var options: GlobalOptions

    func run() async throws {
        let console = options.console
        let (directory, since) = (directory, since)
        let outcome = try await options.withInstallation { try await $0.replay(directory, since: since) }
        for plan in outcome.unknown {
            Console.complain(
                "warning: plan \(plan.plan.prefix(12)) of \(plan.at): \(plan.questions) "
                    + "\(plan.questions == 1 ? "question is" : "questions are") not on record and not decided again")
        }
        for problem in outcome.unreadable { Console.complain("warning: \(TextTable.visible(problem))") }
        if console.format == .json {
            let json: JSONValue = [
                "decided": .integer(Int64(outcome.decided)), "flips": .array(outcome.flips.map(\.json)),
                "unknown": .array(outcome.unknown.map(\.json)),
                "unreadable": .array(outcome.unreadable.map(JSONValue.string)),
            ]
            console.print(json.prettyText)
        } else {
            for flip in outcome.flips { print(flip, console) }
            let count = outcome.flips.count
            console.note(
                "\(outcome.decided) \(outcome.decided == 1 ? "decision" : "decisions") made again, "
                    + "\(count) \(count == 1 ? "flips" : "flip")")
        }
        if !outcome.unknown.isEmpty { throw ExitStatus.failed }
        if !outcome.flips.isEmpty { throw ExitStatus.changes }
    }

    private func print(_ flip: PolicyFlip, _ console: Console) {
        let before = flip.beforeBy.isEmpty ? "" : " (was by \(flip.beforeBy.map { "`\($0)`" }.joined(separator: ", ")))"
        console.print(
            TextTable.visible("\(flip.direction): \(flip.at) \(flip.question.kind.rawValue) \(flip.about) \(flip.who)")
                + before)
        for line in flip.after.lines { console.print("    " + TextTable.visible(line)) }
    }
}

extension PolicyReplay.Unknown {
    fileprivate var json: JSONValue {
        ["at": .string(at.description), "plan": .string(plan), "questions": .integer(Int64(questions))]
    }
}
