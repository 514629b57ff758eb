import AuditTrail
import ControlPlane
import StrictJSON

extension Printout {
    /// A grant that is to be signed, with the whole file of it.
    public static func sealed(_ note: SealedNote) -> Printout {
        Printout(
            text: { _ in note.encoded },
            json: { ["grant": note.grant.json, "file": .string(note.encoded)] })
    }

    /// What was taken in of a sealed grant's use; a failure where it does not count as a window, or was used twice.
    public static func intake(_ intake: SealedIntake) -> Printout {
        Printout(
            status: intake.problem == nil && !intake.isReused ? .done : .failed,
            text: { ink in
                "\(ink.styled(intake.grant.id, .bold))  \(intake.use.state)  \(intake.added) new in the log"
            }, json: { intake.json }, remarks: { _ in remarks(on: intake) })
    }

    private static func remarks(on intake: SealedIntake) -> [Remark] {
        var remarks: [Remark] = []
        if intake.isReused {
            remarks.append(
                .complaint(
                    "error: the log has other receipts of \(intake.grant.id): a copy was used too, or they were altered"
                ))
        }
        if let problem = intake.problem {
            remarks.append(
                .complaint(
                    "error: it does not count as a window: \(TextTable.visible(problem)); "
                        + "`tenure apply` takes the access away"))
        }
        guard remarks.isEmpty else { return remarks }
        let end = intake.use.state == .closed ? "" : "`tenure reconcile` closes it when its time is over; "
        return [.note(end + "it waits for a review")]
    }
}
