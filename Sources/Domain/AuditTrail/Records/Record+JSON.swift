import AccessModel
import StrictJSON

extension Record {
    /// `{"actor", "at", "body", "case", "subject", "type"}`; what is not there is null.
    public var json: JSONValue { .object(JSONObject(members)) }

    /// The canonical JSON (RFC 8785) of the record alone. What is hashed is ``Entry/canonicalBytes``.
    public var canonicalBytes: [UInt8] { json.canonicalBytes }

    /// Reads what ``json`` wrote; nil for anything else, a missing or an unknown name included.
    public init?(json: JSONValue) {
        guard let object = json.object, object.members.count == Self.names.count else { return nil }
        self.init(members: object)
    }

    static let names = ["actor", "at", "body", "case", "subject", "type"]

    var members: [JSONObject.Member] {
        [
            JSONObject.Member(name: "actor", value: .string(actor)),
            JSONObject.Member(name: "at", value: .string(at.description)),
            JSONObject.Member(name: "body", value: body),
            JSONObject.Member(name: "case", value: caseID.map(JSONValue.string) ?? .null),
            JSONObject.Member(name: "subject", value: subject.map(JSONValue.string) ?? .null),
            JSONObject.Member(name: "type", value: .string(type)),
        ]
    }

    /// Reads the members of a record from `object`, which may hold others.
    init?(members object: JSONObject) {
        guard let actor = object["actor"]?.string, !actor.isEmpty, let type = object["type"]?.string, !type.isEmpty,
            let at = object["at"]?.string.flatMap({ Instant($0) }), let body = object["body"], body.object != nil,
            let subject = Self.optionalText(object["subject"]), let caseID = Self.optionalText(object["case"])
        else { return nil }
        self.init(at: at, type: type, actor: actor, subject: subject.text, caseID: caseID.text, body: body)
    }

    private struct OptionalText {
        let text: String?
    }

    /// Nil for what is neither text nor null, so that a missing name is not taken for null.
    private static func optionalText(_ value: JSONValue?) -> OptionalText? {
        switch value {
        case .string(let text): OptionalText(text: text)
        case .null: OptionalText(text: nil)
        default: nil
        }
    }
}
