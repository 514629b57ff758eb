import AccessModel
import StrictJSON

/// A resource that a SCIM client made, as its records name it. Of what it holds they say no more than its name.
public struct SCIMMention: Hashable, Sendable {
    public let client: Slug
    /// `User` or `Group`.
    public let kind: String
    public let resource: String
    /// A user's name; nil for a group.
    public let userName: String?
    public let version: Int64

    public init(client: Slug, kind: String, resource: String, userName: String?, version: Int64) {
        self.client = client
        self.kind = kind
        self.resource = resource
        self.userName = userName
        self.version = version
    }
}

/// What a change of a SCIM resource was about.
public struct SCIMChangeSummary: Hashable, Sendable {
    /// Attributes that are others now, by name; never their values.
    public let attributes: [String]
    /// Ids of members that came.
    public let added: [String]
    /// Ids of members that went.
    public let removed: [String]

    public init(attributes: [String], added: [String] = [], removed: [String] = []) {
        self.attributes = attributes
        self.added = added
        self.removed = removed
    }
}

extension Record {
    /// How many ids of members a record names; it counts them all.
    private static var namedMembers: Int { 1_000 }

    /// `scim.client.created` `{client, person_id, leaver}`: somebody may push people and groups.
    public static func scimClientCreated(
        _ context: RecordContext, client: Slug, personIdentity: String, leaver: String
    ) -> Record {
        Record(
            .scimClientCreated, context,
            ["client": .string(client.text), "person_id": .string(personIdentity), "leaver": .string(leaver)])
    }

    /// `scim.client.rotated` `{client}`: it has another token, and the one before is worth nothing.
    public static func scimClientRotated(_ context: RecordContext, client: Slug) -> Record {
        Record(.scimClientRotated, context, ["client": .string(client.text)])
    }

    /// `scim.client.revoked` `{client}`: it may push nothing any more.
    public static func scimClientRevoked(_ context: RecordContext, client: Slug) -> Record {
        Record(.scimClientRevoked, context, ["client": .string(client.text)])
    }

    /// `scim.resource.created` `{client, kind, resource, user_name?, version, members?}`: a client made a user or a group.
    public static func scimResourceCreated(
        _ context: RecordContext, _ mention: SCIMMention, members: [String] = []
    ) -> Record {
        scim(.scimResourceCreated, context, mention, ids: members, as: "added")
    }

    /// `scim.resource.changed` `{client, kind, resource, user_name?, version, attributes, added?, added_count?, removed?,
    /// removed_count?}`: a client changed what it had made; `added` and `removed` are members.
    public static func scimResourceChanged(
        _ context: RecordContext, _ mention: SCIMMention, _ summary: SCIMChangeSummary
    ) -> Record {
        var record = scim(.scimResourceChanged, context, mention, ids: summary.added, as: "added")
        var body = record.body.object ?? JSONObject()
        body["attributes"] = .array(summary.attributes.map { .string($0) })
        add(summary.removed, as: "removed", to: &body)
        record = Record(
            at: record.at, type: record.type, actor: record.actor, subject: record.subject, caseID: record.caseID,
            body: .object(body))
        return record
    }

    /// `scim.resource.deleted` `{client, kind, resource, user_name?, version}`: a client deleted what it had made.
    public static func scimResourceDeleted(_ context: RecordContext, _ mention: SCIMMention) -> Record {
        scim(.scimResourceDeleted, context, mention, ids: [], as: "added")
    }

    private static func scim(
        _ type: RecordType, _ context: RecordContext, _ mention: SCIMMention, ids: [String], as name: String
    ) -> Record {
        var body = JSONObject()
        body["client"] = .string(mention.client.text)
        body["kind"] = .string(mention.kind)
        body["resource"] = .string(mention.resource)
        body["user_name"] = mention.userName.map { .string($0) }
        body["version"] = .integer(mention.version)
        add(ids, as: name, to: &body)
        return Record(
            at: context.at, type: type.rawValue, actor: context.actor, subject: context.subject,
            caseID: context.caseID, body: .object(body))
    }

    private static func add(_ ids: [String], as name: String, to body: inout JSONObject) {
        guard !ids.isEmpty else { return }
        body[name] = .array(ids.prefix(namedMembers).map { .string($0) })
        body["\(name)_count"] = .int(ids.count)
    }
}
