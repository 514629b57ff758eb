import AccessModel
import Lifecycle
import Persistence
import StrictJSON

/// A request, a window or broken glass, for a person or as JSON.
struct AccessText {
    let console: Console

    func print(_ ticket: AccessTicket) {
        guard console.format != .json else {
            console.print(ticket.json.prettyText)
            return
        }
        console.print(
            "\(console.styled(ticket.id, .bold))  \(ticket.kind.rawValue)  \(console.styled(ticket.state, style(ticket)))"
        )
        for (name, value) in lines(ticket) {
            let padding = String(repeating: " ", count: max(1, 10 - name.count))
            console.print("\(name)\(padding)\(TextTable.visible(value))")
        }
        if ticket.isPending {
            let people = ticket.waitsFor.map(\.text).joined(separator: ", ")
            console.note(
                "waits for \(ticket.missing) approval\(ticket.missing == 1 ? "" : "s"), of \(people): "
                    + "`tenure access approve \(ticket.id) --as PERSON`")
        }
    }

    func table(_ tickets: [AccessTicket]) -> String {
        var table = TextTable("ID", "KIND", "STATE", "WHO", "GROUP", "FROM", "UNTIL", "WAITS FOR", "WHY")
        for ticket in tickets {
            let waits = ticket.waitsFor.map(\.text).joined(separator: ", ")
            table.add(
                ticket.id, ticket.kind.rawValue, ticket.state, ticket.person?.text ?? "-", ticket.group?.path ?? "-",
                ticket.window?.from.description ?? ticket.request?.ask.start?.description ?? "-",
                ticket.window?.end.description ?? "-", waits.isEmpty ? "-" : waits,
                ticket.reason.isEmpty ? "-" : ticket.reason)
        }
        return table.text(console)
    }

    private func style(_ ticket: AccessTicket) -> Console.Style {
        switch ticket.state {
        case "open": .green
        case "denied", "lost": .red
        default: .yellow
        }
    }

    private func lines(_ ticket: AccessTicket) -> [(String, String)] {
        var lines: [(String, String)] = []
        let who = [ticket.person?.text, ticket.email.map { "(\($0))" }].compactMap(\.self).joined(separator: " ")
        lines.append(("who", who))
        lines.append(("group", [ticket.group?.path, ticket.slug].compactMap(\.self).joined(separator: "  ")))
        if !ticket.reason.isEmpty { lines.append(("why", ticket.reason)) }
        if let request = ticket.request { lines += self.lines(request, ticket) }
        if let window = ticket.window {
            lines.append(("window", "\(window.id)  [\(window.from), \(window.end))  \(window.state.rawValue)"))
        }
        if let activation = ticket.activation { lines += self.lines(activation) }
        return lines
    }

    private func lines(_ request: AccessRequest, _ ticket: AccessTicket) -> [(String, String)] {
        let start = request.ask.start.map { " from \($0)" } ?? ""
        var lines = [("asked", "\(request.ask.duration)\(start), at \(request.requestedAt) by \(request.requestedBy)")]
        if let extends = request.ask.extends { lines.append(("extends", extends)) }
        for warning in request.ruling["warnings"]?.array?.compactMap(\.string) ?? [] { lines.append(("note", warning)) }
        lines.append(("risk", "\(request.ruling["risk"]?.integer ?? 0)"))
        lines.append(("hash", request.hash))
        if ticket.isPending { lines.append(("expires", request.expiresAt.description)) }
        for agreement in ticket.agreements {
            lines.append(("approved", "\(agreement.at) by \(agreement.approver)"))
        }
        if let at = request.decidedAt, let by = request.decidedBy {
            let why = request.decision.map { ": \($0)" } ?? ""
            lines.append(("decided", "\(at) by \(by)\(why)"))
        }
        return lines
    }

    private func lines(_ activation: Activation) -> [(String, String)] {
        var lines = [
            ("activated", "\(activation.activatedAt) by \(activation.activatedBy)"),
            ("informed", activation.informed.map(\.text).joined(separator: ", ")),
        ]
        if let review = activation.review {
            lines.append(("reviewed", "\(review.at) by \(review.by): \(review.outcome.rawValue), \(review.note)"))
        } else {
            lines.append(("review", "by \(activation.reviewBy), by somebody else"))
        }
        return lines
    }
}
