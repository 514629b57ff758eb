import AccessModel
import StrictJSON

/// What a record says beside its type and body.
public struct RecordContext: Hashable, Sendable {
    public var at: Instant
    public var actor: String
    public var subject: String?
    public var caseID: String?

    public init(at: Instant, actor: String, subject: String? = nil, caseID: String? = nil) {
        self.at = at
        self.actor = actor
        self.subject = subject
        self.caseID = caseID
    }
}

extension Record {
    /// Members of `body` that are nil are left out.
    init(_ type: RecordType, _ context: RecordContext, _ body: KeyValuePairs<String, JSONValue?>) {
        let members = body.compactMap { member in
            member.value.map { JSONObject.Member(name: member.key, value: $0) }
        }
        self.init(
            at: context.at, type: type.rawValue, actor: context.actor, subject: context.subject,
            caseID: context.caseID, body: .object(JSONObject(members)))
    }
}

extension JSONValue {
    static func int(_ value: Int) -> JSONValue { .integer(Int64(value)) }
    static func instant(_ value: Instant) -> JSONValue { .string(value.description) }
}
