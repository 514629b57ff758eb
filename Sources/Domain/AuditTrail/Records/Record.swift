import AccessModel
import StrictJSON

/// One audit leaf: who did what, when, about whom.
///
/// Its canonical JSON (RFC 8785) is what is hashed, stored, exported and verified. It holds no secret.
public struct Record: Hashable, Sendable {
    /// When it was recorded.
    public let at: Instant
    /// What happened: `case.state`, `step.attempt`, `step.result`, `step.verified`, `people.event`, `hold.approved`, ...
    public let type: String
    /// Who: a person's id, `workload:...`, `local:NAME` for a user of this machine, `tenure` for the engine itself.
    public let actor: String
    /// Whom or what it is about: a person's id, a case, a target; nil for none.
    public let subject: String?
    /// The case that it belongs to.
    public let caseID: String?
    /// What else there is to know; an object.
    public let body: JSONValue

    public init(
        at: Instant, type: String, actor: String, subject: String? = nil, caseID: String? = nil,
        body: JSONValue = .object(JSONObject())
    ) {
        self.at = at
        self.type = type
        self.actor = actor
        self.subject = subject
        self.caseID = caseID
        self.body = body
    }
}
