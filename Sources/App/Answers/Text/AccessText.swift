import AccessModel
import Lifecycle
import Persistence
import StrictJSON

/// A request, a window or broken glass, in lines for a person.
struct AccessText {
    let ink: Ink

    /// Every line of a ticket.
    func text(_ ticket: AccessTicket) -> String {
        let head =
            "\(ink.styled(ticket.id, .bold))  \(ticket.kind.rawValue)  \(ink.styled(ticket.state, style(ticket)))"
        let lines = lines(ticket).map { line in
            line.name + String(repeating: " ", count: max(1, 10 - line.name.count)) + TextTable.visible(line.value)
        }
        return ([head] + lines).joined(separator: "\n")
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
        return table.text(ink)
    }

    private func style(_ ticket: AccessTicket) -> Ink.Style {
        switch ticket.state {
        case "open": .green
        case "denied", "lost": .red
        default: .yellow
        }
    }

    private func lines(_ ticket: AccessTicket) -> [Line] {
        var lines: [Line] = []
        let who = [ticket.person?.text, ticket.email.map { "(\($0))" }].compactMap(\.self).joined(separator: " ")
        lines.append(Line("who", who))
        lines.append(Line("group", [ticket.group?.path, ticket.slug].compactMap(\.self).joined(separator: "  ")))
        if !ticket.reason.isEmpty { lines.append(Line("why", ticket.reason)) }
        if let request = ticket.request { lines += self.lines(request, ticket) }
        if let window = ticket.window {
            lines.append(Line("window", "\(window.id)  [\(window.from), \(window.end))  \(window.state.rawValue)"))
        }
        if let activation = ticket.activation { lines += self.lines(activation) }
        return lines
    }

    private func lines(_ request: AccessRequest, _ ticket: AccessTicket) -> [Line] {
        let start = request.ask.start.map { " from \($0)" } ?? ""
        var lines = [
            Line("asked", "\(request.ask.duration)\(start), at \(request.requestedAt) by \(request.requestedBy)")
        ]
        if let extends = request.ask.extends { lines.append(Line("extends", extends)) }
        for warning in request.ruling["warnings"]?.array?.compactMap(\.string) ?? [] {
            lines.append(Line("note", warning))
        }
        lines.append(Line("risk", "\(request.ruling["risk"]?.integer ?? 0)"))
        lines.append(Line("hash", request.hash))
        if ticket.isPending { lines.append(Line("expires", request.expiresAt.description)) }
        for agreement in ticket.agreements {
            lines.append(Line("approved", "\(agreement.at) by \(agreement.approver)"))
        }
        if let at = request.decidedAt, let by = request.decidedBy {
            let why = request.decision.map { ": \($0)" } ?? ""
            lines.append(Line("decided", "\(at) by \(by)\(why)"))
        }
        return lines
    }

    private func lines(_ activation: Activation) -> [Line] {
        var lines = [
            Line("activated", "\(activation.activatedAt) by \(activation.activatedBy)"),
            Line("informed", activation.informed.map(\.text).joined(separator: ", ")),
        ]
        if let review = activation.review {
            lines.append(Line("reviewed", "\(review.at) by \(review.by): \(review.outcome.rawValue), \(review.note)"))
        } else {
            lines.append(Line("review", "by \(activation.reviewBy), by somebody else"))
        }
        return lines
    }

    private struct Line {
        let name: String
        let value: String

        init(_ name: String, _ value: String) {
            self.name = name
            self.value = value
        }
    }
}
