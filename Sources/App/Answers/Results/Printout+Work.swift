import Lifecycle
import StrictJSON
import WorkflowEngine

extension Printout {
    public static func cases(_ cases: [CaseSummary]) -> Printout {
        Printout(
            text: { ink in
                var table = TextTable("ID", "KIND", "WHO", "STATE", "STALLED", "OPENED")
                for summary in cases {
                    table.add(
                        summary.id, summary.kind.rawValue, summary.identity?.description ?? "-",
                        summary.state.rawValue, summary.isStalled ? "yes" : "no", summary.openedAt.description)
                }
                return table.text(ink)
            }, json: { .array(cases.map(\.json)) })
    }

    public static func caseReport(_ report: CaseReport) -> Printout {
        Printout(text: { ink in CaseText(ink: ink).render(report) }, json: { report.json })
    }

    /// That something was done to a case, in one line beside the result.
    public static func caseDeed(_ report: CaseReport, _ note: String) -> Printout {
        Printout(text: { _ in nil }, json: { report.json }, remarks: { _ in [.note(note)] })
    }

    // MARK: Holds

    public static func holds(_ holds: [HoldTicket]) -> Printout {
        Printout(
            text: { ink in
                var table = TextTable("ID", "KIND", "STATE", "OPENED", "BY", "ASKED", "WHY")
                for hold in holds {
                    table.add(
                        hold.hold.id, hold.hold.kind, hold.hold.state.rawValue, hold.hold.openedAt.description,
                        hold.hold.openedBy, hold.asked ?? "", hold.hold.reason)
                }
                return table.text(ink)
            }, json: { .array(holds.map(\.json)) })
    }

    /// - Parameter isApproval: Whether somebody just agreed to it.
    public static func hold(_ ticket: HoldTicket, isApproval: Bool = false) -> Printout {
        let note =
            ticket.hold.state == .open
            ? "\(ticket.missing) more must agree before `tenure apply` carries it out"
            : "`tenure apply` carries it out, as far as it still stands"
        return Printout(
            text: { ink in lines(ticket, ink).joined(separator: "\n") }, json: { ticket.json },
            remarks: { _ in isApproval ? [.note(note)] : [] })
    }

    private static func lines(_ ticket: HoldTicket, _ ink: Ink) -> [String] {
        let hold = ticket.hold
        var lines = [
            "\(ink.styled(hold.id, .bold))  \(hold.kind)  \(hold.state.rawValue)",
            "opened   \(hold.openedAt) by \(hold.openedBy)",
        ]
        if let by = hold.decidedBy, let at = hold.decidedAt { lines.append("decided  \(at) by \(by)") }
        lines.append("why      \(TextTable.visible(hold.reason))")
        return lines + ticket.lines + hold.details.map { "  " + TextTable.visible($0) }
    }
}
