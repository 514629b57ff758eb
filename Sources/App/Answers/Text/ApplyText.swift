import AccessModel
import Definitions
import Lifecycle
import WorkflowEngine

/// What an apply did, in lines for a person.
public struct ApplyText {
    let ink: Ink

    public init(ink: Ink) { self.ink = ink }

    public func render(_ outcome: ApplyOutcome, roster: Roster) -> String {
        var lines: [String] = []
        if let sweep = outcome.sweep {
            let noun = sweep.windows == 1 ? "window" : "windows"
            lines.append("\(sweep.windows) \(noun) ended; \(sweep.summary.verified) read back as gone")
        }
        for opened in outcome.cases.prefix(50) {
            lines.append("\(opened.id)  \(who(opened.identity, roster))  \(opened.changes) \(noun(opened.changes))")
        }
        if outcome.cases.count > 50 { lines.append("and \(outcome.cases.count - 50) more cases") }
        for departure in outcome.departures { lines.append(render(departure, roster)) }
        for open in (outcome.summary.stalled + outcome.summary.waiting).prefix(20) {
            let when =
                open.until.map { ", again at \($0)" } ?? ", needs a person: `tenure case show \(open.step.caseID)`"
            let problem = TextTable.visible(open.problem ?? "not tried yet")
            lines.append(ink.styled("open: \(open.changeID): \(problem)\(when)", .yellow))
        }
        for hold in outcome.holds {
            lines.append(ink.styled("held: \(hold) waits for a second person: `tenure hold show \(hold)`", .yellow))
        }
        if outcome.isDenied { lines.append(ink.styled("denied by policy; see `tenure plan`", .red)) }
        lines.append(summary(outcome.summary))
        return lines.joined(separator: "\n")
    }

    private func render(_ departure: ApplyOutcome.Departure, _ roster: Roster) -> String {
        let name = who(.person(departure.person), roster)
        let residual = departure.residual.values.reduce(0, +)
        let targets = departure.residual.count
        var line = "\(name): "
        line += departure.timeToRevoke.map { "time to revoke \(seconds($0)); " } ?? ""
        line +=
            residual == 0
            ? ink.styled("no access left in \(targets) \(targets == 1 ? "target" : "targets")", .green)
            : ink.styled("\(residual) facts still hold", .red)
        if !departure.unknown.isEmpty {
            line += ink.styled(
                "; not answered: \(departure.unknown.map(\.text).joined(separator: ", "))", .yellow)
        }
        return line
    }

    private func who(_ identity: IdentityID?, _ roster: Roster) -> String {
        guard let identity else { return "groups and roles" }
        return identity.person.flatMap { roster[$0] }.map { "\($0.person.displayName) (\(identity))" }
            ?? identity.description
    }

    private func summary(_ summary: RunSummary) -> String {
        var parts = ["\(summary.verified) \(noun(summary.verified)) applied and read back"]
        if summary.waitingCount > 0 { parts.append("\(summary.waitingCount) waiting") }
        if summary.stalledCount > 0 { parts.append("\(summary.stalledCount) stalled") }
        return ink.styled(parts.joined(separator: ", "), summary.isFinished ? .green : .yellow)
    }

    private func noun(_ count: Int) -> String { count == 1 ? "change" : "changes" }

    private func seconds(_ span: Span) -> String {
        let tenths = (span.milliseconds + 50) / 100
        return "\(tenths / 10).\(tenths % 10) s"
    }
}
