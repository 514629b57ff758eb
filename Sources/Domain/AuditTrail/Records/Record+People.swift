import AccessModel
import StrictJSON

extension Record {
    /// `people.snapshot` `{as_of, people, digest, summary}`: a feed was taken in.
    ///
    /// - Parameters:
    ///   - people: How many people it holds.
    ///   - digest: Lower-case hex SHA-256 of the feed's bytes.
    ///   - summary: What it changed, an object of the importer's making.
    public static func peopleSnapshot(
        _ context: RecordContext, asOf: Instant, people: Int, digest: String, summary: JSONObject = JSONObject()
    ) -> Record {
        Record(
            .peopleSnapshot, context,
            [
                "as_of": .instant(asOf), "people": .int(people), "digest": .string(digest),
                "summary": .object(summary),
            ])
    }

    /// `people.event` `{source, id, type, effective, person}`: an HR event was taken in. The context's subject is the
    /// person; `person` holds what changed.
    public static func peopleEvent(
        _ context: RecordContext, source: String, id: String, eventType: String, effective: Instant,
        person: JSONObject
    ) -> Record {
        Record(
            .peopleEvent, context,
            [
                "source": .string(source), "id": .string(id), "type": .string(eventType),
                "effective": .instant(effective), "person": .object(person),
            ])
    }

    /// `people.confirmed` `{tenant}`: somebody vouched that the subject still belongs to the tenant.
    public static func peopleConfirmed(_ context: RecordContext, tenant: Slug) -> Record {
        Record(.peopleConfirmed, context, ["tenant": .string(tenant.text)])
    }

    /// `hold.opened` `{hold, reason, detail}`: a guard held something for a second person, or a policy for those whom
    /// it asks.
    ///
    /// - Parameter detail: What is held, an object of the guard's making.
    public static func holdOpened(
        _ context: RecordContext, hold: String, reason: String, detail: JSONObject = JSONObject()
    ) -> Record {
        Record(
            .holdOpened, context,
            ["hold": .string(hold), "reason": .string(reason), "detail": .object(detail)])
    }

    /// `hold.agreed` `{hold, asserted, missing}`: the context's actor is one of those whom a policy asks, and agreed.
    ///
    /// - Parameters:
    ///   - isAsserted: Whether the actor is who they are by their own word.
    ///   - missing: How many more have to agree.
    public static func holdAgreed(
        _ context: RecordContext, hold: String, isAsserted: Bool, missing: Int
    ) -> Record {
        Record(
            .holdAgreed, context,
            ["hold": .string(hold), "asserted": .bool(isAsserted), "missing": .integer(Int64(missing))])
    }

    /// `hold.approved` `{hold, reason?}`: the context's actor let it go on.
    public static func holdApproved(_ context: RecordContext, hold: String, reason: String? = nil) -> Record {
        Record(.holdApproved, context, ["hold": .string(hold), "reason": reason.map(JSONValue.string)])
    }

    /// `hold.rejected` `{hold, reason?}`: the context's actor refused it.
    public static func holdRejected(_ context: RecordContext, hold: String, reason: String? = nil) -> Record {
        Record(.holdRejected, context, ["hold": .string(hold), "reason": reason.map(JSONValue.string)])
    }
}
