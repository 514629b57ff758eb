import AccessModel
import StrictJSON

extension Record {
    /// `definitions.applied` `{revision, files}`: new definitions are in force.
    ///
    /// - Parameter files: The lower-case hex SHA-256 of each file, by its path.
    public static func definitionsApplied(
        _ context: RecordContext, revision: String, files: [String: String]
    ) -> Record {
        let members = files.sorted { $0.key < $1.key }
            .map { JSONObject.Member(name: $0.key, value: .string($0.value)) }
        return Record(
            .definitionsApplied, context,
            ["revision": .string(revision), "files": .object(JSONObject(members))])
    }

    /// `definitions.followed` `{commit, before?, signer?, revision}`: the files of a commit are taken up from here on.
    ///
    /// - Parameters:
    ///   - previous: The commit that was followed before.
    ///   - signer: Who signed it, where that is asked for.
    ///   - revision: Of the files, as ``definitionsApplied(_:revision:files:)`` names it.
    public static func definitionsFollowed(
        _ context: RecordContext, commit: String, previous: String?, signer: String?, revision: String
    ) -> Record {
        Record(
            .definitionsFollowed, context,
            [
                "commit": .string(commit), "before": previous.map { .string($0) },
                "signer": signer.map { .string($0) }, "revision": .string(revision),
            ])
    }

    /// `definitions.refused` `{commit, code, message}`: the head of the branch that is followed is not taken up.
    public static func definitionsRefused(
        _ context: RecordContext, commit: String, code: String, message: String
    ) -> Record {
        Record(
            .definitionsRefused, context,
            ["commit": .string(commit), "code": .string(code), "message": .string(message)])
    }

    /// `definitions.accepted` `{commit, reason}`: a person lets a branch that was written anew be followed to one commit.
    public static func commitAccepted(_ context: RecordContext, commit: String, reason: String) -> Record {
        Record(.commitAccepted, context, ["commit": .string(commit), "reason": .string(reason)])
    }

    /// `plan.decided` `{hash, verdict, approvals?, reasons, decisions?, others?, omitted?}`: what policy said of a plan. `verdict` is
    /// `approved`, `needs_approval` (then `approvals` is `{count, by}`) or `denied`. A reason is `{rule, message, changes,
    /// effect?, place?}`; without an effect it denies.
    ///
    /// - Parameters:
    ///   - decisions: What was decided of changes of which something was said, with all that was seen of them.
    ///   - others: The same of further changes in fewer bytes.
    ///   - omitted: How many more there were than are kept.
    public static func planDecided(
        _ context: RecordContext, hash: String, verdict: Verdict, decisions: [JSONValue] = [], others: JSONValue? = nil,
        omitted: Int = 0
    ) -> Record {
        var approvals: JSONValue?
        let outcome: JSONValue
        switch verdict.outcome {
        case .approved: outcome = "approved"
        case .denied: outcome = "denied"
        case .needsApproval(let count, let by):
            outcome = "needs_approval"
            approvals = ["count": .int(count), "by": .string(by)]
        }
        let reasons = verdict.reasons.map { reason -> JSONValue in
            var object = JSONObject()
            object["rule"] = .string(reason.rule)
            object["message"] = .string(reason.message)
            object["changes"] = .array(reason.changes.map(JSONValue.string))
            if reason.effect != .denies { object["effect"] = .string(reason.effect.rawValue) }
            object["place"] = reason.place.map { .string($0.description) }
            return .object(object)
        }
        return Record(
            .planDecided, context,
            [
                "hash": .string(hash), "verdict": outcome, "approvals": approvals, "reasons": .array(reasons),
                "decisions": decisions.isEmpty ? nil : .array(decisions), "others": others,
                "omitted": omitted > 0 ? .int(omitted) : nil,
            ])
    }

    /// `target.observed` `{target, complete, facts, missing, extra, credentials?, stale_credentials?}`: a target was read and compared.
    ///
    /// - Parameters:
    ///   - isComplete: Whether absence means absence.
    ///   - facts: How many facts were compared: those that should hold there.
    ///   - missing: How many of them did not hold.
    ///   - extra: How many held that Tenure owns and that should not.
    ///   - credentials: Nil where none were seen.
    public static func targetObserved(
        _ context: RecordContext, target: Slug, isComplete: Bool, facts: Int, missing: Int, extra: Int,
        credentials: CredentialCount? = nil
    ) -> Record {
        Record(
            .targetObserved, context,
            [
                "target": .string(target.text), "complete": .bool(isComplete), "facts": .int(facts),
                "missing": .int(missing), "extra": .int(extra),
                "credentials": credentials.map { .int($0.all) },
                "stale_credentials": credentials.map { .int($0.stale) },
            ])
    }

    /// `residual.checked` `{person, target, residual}`: how many facts of a leaver were still seen to hold.
    public static func residualChecked(
        _ context: RecordContext, person: PersonID, target: Slug, residual: Int
    ) -> Record {
        Record(
            .residualChecked, context,
            ["person": .string(person.text), "target": .string(target.text), "residual": .int(residual)])
    }

    /// `audit.rollback_accepted` `{held_size, held_root, size, root, reason}`: the log is behind of, or differs from,
    /// a checkpoint that is kept outside, and a person went on with it.
    public static func rollbackAccepted(
        _ context: RecordContext, held: Checkpoint, size: Int, root: MerkleHash, reason: String
    ) -> Record {
        Record(
            .rollbackAccepted, context,
            [
                "held_size": .int(held.size), "held_root": .string(held.root.base64), "size": .int(size),
                "root": .string(root.base64), "reason": .string(reason),
            ])
    }

    /// `clock.confirmed` `{clock, vouched, reason}`: a person has looked at a clock that was ahead of the time that had
    /// passed, and says that it is right.
    public static func clockConfirmed(
        _ context: RecordContext, clock: Instant, vouched: Instant, reason: String
    ) -> Record {
        Record(
            .clockConfirmed, context,
            [
                "clock": .string(clock.description), "vouched": .string(vouched.description),
                "reason": .string(reason),
            ])
    }

    /// `backup.begun` `{file}`: the context's actor had the database copied to a file. It is written before, so that the copy
    /// holds it; whether the copy was finished, its manifest says.
    public static func backupBegun(_ context: RecordContext, file: String) -> Record {
        Record(.backupBegun, context, ["file": .string(file)])
    }

    /// `key.created` `{vkey}`: the public key of the log. What it says is no proof; the key must come from elsewhere.
    public static func keyCreated(_ context: RecordContext, verifier: CheckpointVerifier) -> Record {
        Record(.keyCreated, context, ["vkey": .string(verifier.vkey)])
    }
}
