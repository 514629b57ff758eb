import WorkflowEngine

/// A case in lines for a person: where it stands, how it got there, each change, and what it waits for.
struct CaseText {
    let ink: Ink

    func render(_ report: CaseReport) -> String {
        let summary = report.summary
        var lines = [
            ink.styled(summary.id, .bold)
                + "  \(summary.kind.rawValue)  \(summary.identity?.description ?? "groups")",
            "state     \(summary.state.rawValue)\(summary.isStalled ? ", stalled" : "")",
            "caused    \(summary.causedAt)",
        ]
        if let event = report.source["event"]?.string {
            let sender = report.source["cause"]?["source"]?.string.map { " from \($0)" } ?? ""
            lines.append("event     \(TextTable.visible(event + sender))")
        }
        for transition in report.timeline {
            lines.append("          \(transition.at)  \(transition.state.rawValue)")
        }
        if let waitsFor = report.waitsFor {
            let until = report.until.map { " until \($0)" } ?? ""
            lines.append(ink.styled("waits for \(TextTable.visible(waitsFor))\(until)", .yellow))
        }
        var table = TextTable("STEP", "TARGET", "OP", "WHAT", "STATE", "ATTEMPTS", "VERIFIED")
        for change in report.changes {
            table.add(
                String(change.sequence), change.change.target.text, change.change.operation.rawValue,
                change.change.fact.key, change.state.rawValue, String(change.attempts),
                change.verifiedAt?.description ?? "-")
        }
        return (lines + ["", table.text(ink)]).joined(separator: "\n")
    }
}
