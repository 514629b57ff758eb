import AccessModel
import StrictJSON

/// One break-glass window that admins sign beforehand, so that a connector can open it while the control plane is down.
///
/// Its ``text`` is what they sign. It can be used once, up to ``validUntil``, for ``duration``, by one person, on one
/// group of one target.
public struct SealedGrant: Hashable, Sendable {
    /// `sealed-...`
    public let id: String
    public let organization: Slug
    public let group: Group
    /// What the group is called in the target.
    public let groupSlug: String
    public let person: PersonID
    /// All that the person is written to under; the first is the one in use. None of them may sign.
    public let addresses: [EmailAddress]
    public let target: Slug
    public let duration: Span
    public let reason: String
    public let sealedAt: Instant
    public let sealedBy: String
    /// The use must begin before.
    public let validUntil: Instant

    public init(
        id: String, organization: Slug, group: Group, groupSlug: String, person: PersonID, addresses: [EmailAddress],
        target: Slug, duration: Span, reason: String, sealedAt: Instant, sealedBy: String, validUntil: Instant
    ) {
        self.id = id
        self.organization = organization
        self.group = group
        self.groupSlug = groupSlug
        self.person = person
        self.addresses = addresses
        self.target = target
        self.duration = duration
        self.reason = reason
        self.sealedAt = sealedAt
        self.sealedBy = sealedBy
        self.validUntil = validUntil
    }

    /// The first line of the text: no checkpoint begins so, and no other note of Tenure's.
    public static let header = "tenure/sealed-grant/v1"

    /// The header, and below it one line of canonical JSON.
    public var text: String { "\(Self.header)\n\(String(decoding: json.canonicalBytes, as: UTF8.self))\n" }

    /// What the first receipt of its use refers to.
    public var digest: MerkleHash { .leaf(Array(text.utf8)) }

    public var json: JSONValue {
        [
            "id": .string(id), "organization": .string(organization.text), "group": .string(group.path),
            "slug": .string(groupSlug), "person": .string(person.text),
            "addresses": .array(addresses.map { .string($0.text) }), "target": .string(target.text),
            "duration_ms": .integer(duration.milliseconds), "reason": .string(reason),
            "sealed_at": .string(sealedAt.description), "sealed_by": .string(sealedBy),
            "valid_until": .string(validUntil.description),
        ]
    }

    /// Reads what ``text`` wrote, and nothing else: no two texts say the same.
    public init(text: String) throws(AuditError) {
        let lines = text.utf8.split(separator: lineFeed, omittingEmptySubsequences: false)
        guard lines.count == 3, lines[2].isEmpty, lines[0].elementsEqual(Self.header.utf8) else {
            throw Self.refusal("it is not a sealed break-glass grant")
        }
        let json: JSONValue
        do {
            json = try JSONParser.parse(lines[1])
        } catch {
            throw Self.refusal("it does not hold a grant: \(error)")
        }
        guard let grant = SealedGrant(json: json), grant.text.utf8.elementsEqual(text.utf8) else {
            throw Self.refusal("it does not hold a grant in its one form")
        }
        self = grant
    }

    private init?(json: JSONValue) {
        func instant(_ name: String) -> Instant? { json[name]?.string.flatMap { Instant($0) } }
        guard let id = json["id"]?.string, let organization = json["organization"]?.string.flatMap({ Slug($0) }),
            let group = json["group"]?.string.flatMap({ Group($0) }), let slug = json["slug"]?.string,
            let person = json["person"]?.string.flatMap({ PersonID($0) }),
            let addresses = json["addresses"]?.array?.map({ $0.string.flatMap { EmailAddress($0) } }),
            !addresses.contains(nil), !addresses.isEmpty, let target = json["target"]?.string.flatMap({ Slug($0) }),
            let duration = json["duration_ms"]?.integer, duration > 0, let reason = json["reason"]?.string,
            let sealedAt = instant("sealed_at"), let sealedBy = json["sealed_by"]?.string,
            let validUntil = instant("valid_until")
        else { return nil }
        self.init(
            id: id, organization: organization, group: group, groupSlug: slug, person: person,
            addresses: addresses.compactMap { $0 }, target: target, duration: Span(milliseconds: duration),
            reason: reason, sealedAt: sealedAt, sealedBy: sealedBy, validUntil: validUntil)
    }

    private static func refusal(_ message: String) -> AuditError {
        AuditError(code: .note, operation: "read a sealed grant", message: message)
    }
}
