import AccessModel
import Lifecycle
import StrictJSON

extension Printout {
    /// Who is in a group.
    public static func holders(_ holders: AccessHistory.Holders) -> Printout {
        Printout(
            text: { ink in
                var table = TextTable("IDENTITY", "E-MAIL", "DESIRED", "OBSERVED", "UNTIL", "WHY")
                for member in holders.members {
                    let why = member.causes.map(\.description) + member.windows.map(\.words)
                    table.add(
                        member.identity.description, member.email ?? "-", member.isDesired ? "yes" : "no",
                        member.isObserved.map { $0 ? "yes" : "no" } ?? "-", member.until?.description ?? "-",
                        why.isEmpty ? "-" : why.joined(separator: "; "))
                }
                return table.text(ink)
            },
            json: { holders.json },
            remarks: { _ in
                [.note("\(holders.members.count) in \(holders.slugs.joined(separator: ", ")) at \(holders.at)")]
            })
    }

    /// What a person has, and why.
    public static func explanation(_ explanation: AccessHistory.Explanation) -> Printout {
        let isEmpty = explanation.items.isEmpty && explanation.notes.isEmpty
        return Printout(
            text: { ink in
                let decisions = explanation.decisions.flatMap(\.lines).map(TextTable.visible)
                return ([head(explanation, ink)] + (isEmpty ? [] : body(explanation, ink)) + decisions)
                    .joined(separator: "\n")
            },
            json: { explanation.json }, remarks: { _ in isEmpty ? [.note("nothing, in any target")] : [] })
    }

    private static func head(_ explanation: AccessHistory.Explanation, _ ink: Ink) -> String {
        let state = explanation.state
        return "\(ink.styled(TextTable.visible(state.person.displayName), .bold)) "
            + "(\(state.person.id), \(state.person.email)): \(TextTable.visible(state.presenceReason))"
            + (state.nextChange.map { "; changes at \($0)" } ?? "")
    }

    private static func body(_ explanation: AccessHistory.Explanation, _ ink: Ink) -> [String] {
        var table = TextTable("TARGET", "WHAT", "DESIRED", "OBSERVED", "SINCE", "WHY")
        for item in explanation.items {
            table.add(
                item.target.text, words(item.fact), item.isDesired ? "yes" : "no",
                item.isObserved.map { $0 ? "yes" : "no" } ?? "-", item.since?.description ?? "-",
                (item.causes.map(\.description) + item.windows.map(\.words)).joined(separator: "; "))
        }
        let windows = explanation.windows.map { window in
            "\(window.id)  \(window.group.path)  [\(window.from), \(window.end))  \(window.state.rawValue)  "
                + TextTable.visible(window.words)
        }
        return [table.text(ink)] + windows + explanation.notes.map { PlanNoteLine($0).text(ink) }
    }

    /// A disabled account is there and gives nothing: that must not read as access.
    private static func words(_ fact: Fact) -> String {
        if case .account(let account) = fact, account.state == .disabled { return "\(fact.key) (disabled)" }
        return fact.key
    }

    // MARK: Requests and windows

    /// How whoever reads it says who they are.
    public enum Standing: Sendable {
        /// With `--as`.
        case asserted
        /// By having signed in.
        case signedIn
    }

    public static func tickets(_ tickets: [AccessTicket]) -> Printout {
        Printout(
            text: { ink in AccessText(ink: ink).table(tickets) }, json: { .array(tickets.map(\.json)) })
    }

    /// A request, a window or broken glass, as it is shown.
    public static func ticket(_ ticket: AccessTicket, for reader: Standing) -> Printout {
        Printout(
            text: { ink in AccessText(ink: ink).text(ticket) }, json: { ticket.json },
            remarks: { _ in ticket.isPending ? [.note(waiting(ticket, reader))] : [] })
    }

    /// The same after a deed: as what it came to, it may be denied, or not be where it should be yet.
    public static func deed(_ ticket: AccessTicket, for reader: Standing) -> Printout {
        let shown = Printout.ticket(ticket, for: reader)
        var further: [Remark] = []
        var status = ExitStatus.done
        if ticket.isDenied {
            further = ticket.refusals.map { .complaint("denied: \(TextTable.visible($0))") }
            status = .heldOrDenied
        } else if let window = ticket.window, [.opening, .closing].contains(window.state) {
            further = [
                .complaint("\(window.id) is \(window.state.rawValue) still; `tenure reconcile` goes on with it")
            ]
            status = .failed
        }
        return Printout(
            status: status, text: { shown.text($0) }, json: { ticket.json },
            remarks: { [further] ink in shown.remarks(ink) + further })
    }

    private static func waiting(_ ticket: AccessTicket, _ reader: Standing) -> String {
        let people = ticket.waitsFor.map(\.text).joined(separator: ", ")
        let asserted = if case .asserted = reader { " --as PERSON" } else { "" }
        return "waits for \(ticket.missing) approval\(ticket.missing == 1 ? "" : "s"), of \(people): "
            + "`tenure access approve \(ticket.id)\(asserted)`"
    }
}
