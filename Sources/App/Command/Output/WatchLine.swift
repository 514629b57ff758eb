import Answers
import ControlPlane
import Lifecycle
import StrictJSON

/// What a round of `reconcile --watch` came to, in one line; nothing for one in which nothing was to be done.
struct WatchLine {
    private let round: Installation.WatchRound

    init(_ round: Installation.WatchRound) { self.round = round }

    func print(_ console: Console) {
        switch round {
        case .failed(let error): Console.complain("error: \(TextTable.visible("\(error)")); it is tried again")
        case .helped(let summary):
            guard console.format != .json else {
                return console.print((["helped": .integer(Int64(summary.verified))] as JSONValue).compactText)
            }
            console.print("\(summary.verified) read back that others had begun")
        case .ended(let sweep):
            if console.format == .json {
                let json: JSONValue = [
                    "ended": .integer(Int64(sweep.windows)), "verified": .integer(Int64(sweep.summary.verified)),
                    "waiting": .integer(Int64(sweep.summary.waitingCount)),
                    "cases": .array(sweep.cases.map(JSONValue.string)),
                ]
                console.print(json.compactText)
            } else {
                console.print("\(sweep.windows) ended; \(sweep.summary.verified) read back as gone")
            }
        case .applied(let applied):
            let outcome = applied.outcome
            guard !outcome.cases.isEmpty || outcome.summary.verified > 0 else { return }
            if console.format == .json {
                console.print(outcome.json(applied.surveyed.survey.plan).compactText)
            } else {
                console.print(ApplyText(ink: console.ink).render(outcome, roster: applied.surveyed.survey.roster))
            }
        }
    }
}
