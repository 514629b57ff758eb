import AccessModel
import StrictJSON

extension Record {
    /// `breakglass.sealed` `{grant, note, signers, verified, reason?}`: a sealed grant was used while the control plane was
    /// down, and is known from now on.
    ///
    /// - Parameter problem: Why its signatures do not suffice by the definitions in force now; nil where they do.
    public static func breakGlassSealed(
        _ context: RecordContext, _ note: SealedNote, signers: [EmailAddress], problem: String?
    ) -> Record {
        Record(
            .breakGlassSealed, context,
            [
                "grant": note.grant.json, "note": .string(note.encoded),
                "signers": .array(signers.map { .string($0.text) }), "verified": .bool(problem == nil),
                "problem": problem.map { .string($0) },
            ])
    }

    /// `breakglass.offline` `{grant, receipt}`: one receipt of its use, as it was written then.
    public static func breakGlassOffline(
        _ context: RecordContext, grant: String, receipt: SealedReceipt
    ) -> Record {
        Record(.breakGlassOffline, context, ["grant": .string(grant), "receipt": receipt.json])
    }

    /// `breakglass.reused` `{grant, known, given}`: there are two lines of receipts of one grant: a copy of it was used
    /// once more, or they were altered. Both digests are of the last line that both should have.
    public static func breakGlassReused(
        _ context: RecordContext, grant: String, known: String, given: String
    ) -> Record {
        Record(
            .breakGlassReused, context,
            ["grant": .string(grant), "known": .string(known), "given": .string(given)])
    }
}
