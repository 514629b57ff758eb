import Definitions
import Lifecycle
import StrictJSON

extension Printout {
    public static func people(_ states: [PersonState]) -> Printout {
        Printout(
            text: { ink in
                var table = TextTable("ID", "NAME", "E-MAIL", "TYPE", "PRESENCE", "DEPARTMENT", "TITLE")
                for state in states {
                    table.add(
                        state.person.id.text, state.person.displayName, state.person.email.text,
                        state.person.kind.rawValue, state.presenceText, state.person.department, state.person.title)
                }
                return table.text(ink)
            }, json: { .array(states.map(\.json)) })
    }

    /// That somebody still belongs to a tenant.
    public static func confirmed(_ person: String, in tenant: String) -> Printout {
        Printout(
            text: { _ in "\(person) is confirmed in \(tenant)" },
            json: { ["person": .string(person), "tenant": .string(tenant)] })
    }

    /// What came of a snapshot.
    ///
    /// - Parameter file: What remarks call it.
    public static func snapshot(_ receipt: PeopleDesk.SnapshotReceipt, file: String) -> Printout {
        Printout(
            status: receipt.holds.isEmpty ? .done : .heldOrDenied,
            text: { ink in
                let lines = counts(receipt) + receipt.holds.map { held($0, receipt, ink) }
                return lines.isEmpty ? nil : lines.joined(separator: "\n")
            },
            json: { receipt.json },
            remarks: { ink in
                receipt.problems.map { problem in
                    .note(DiagnosticLine(problem.diagnostic(file: file)).text(ink))
                } + (receipt.advice.map { [.note($0)] } ?? [])
            })
    }

    private static func counts(_ receipt: PeopleDesk.SnapshotReceipt) -> [String] {
        guard let asOf = receipt.asOf else { return [] }
        return [
            "\(receipt.people) people as of \(asOf): \(receipt.joined) new, \(receipt.changed) changed, "
                + "\(receipt.unchanged) unchanged"
        ]
    }

    private static func held(_ hold: String, _ receipt: PeopleDesk.SnapshotReceipt, _ ink: Ink) -> String {
        let what =
            receipt.heldSince[hold].map { "held already: \(hold), since this feed came in at \($0)" } ?? "held: \(hold)"
        return ink.styled("\(what); look at `tenure hold show \(hold)`", .yellow)
    }

    /// What came of an event that was taken in, and not carried out by the same command.
    ///
    /// - Parameter isLast: Whether nothing follows that says more.
    public static func event(_ receipt: PeopleDesk.EventReceipt, file: String, isLast: Bool) -> Printout {
        let event = receipt.event
        return Printout(
            status: receipt.outcome == .held ? .heldOrDenied : .done,
            text: { ink in
                switch receipt.outcome {
                case .accepted: "\(event.kind.rawValue): \(event.person), effective \(event.effective)"
                case .repeated: "\(event.id) from \(event.source) is known already; nothing changed"
                case .held:
                    ink.styled(
                        "held: more people leave within the hour than the guards let go; "
                            + "look at `tenure hold show \(receipt.hold ?? "")`", .yellow)
                }
            },
            json: { isLast || receipt.outcome == .held ? receipt.json : nil },
            remarks: { ink in
                var remarks = receipt.problems.map { problem in
                    Remark.note(DiagnosticLine(problem.diagnostic(file: file)).text(ink))
                }
                if receipt.outcome == .accepted, isLast {
                    remarks.append(
                        .note("`tenure plan --person \(event.person)` shows what follows, `tenure apply` does it"))
                }
                return remarks
            })
    }
}
