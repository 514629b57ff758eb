import AccessModel
import StrictJSON

/// One thing that HR reports of one person: a CloudEvents 1.0 event, checked.
public struct HREvent: Hashable, Sendable {
    public enum Kind: String, CaseIterable, Sendable {
        case joined, moved, left, rehired, extended, suspended, returned, compromised

        /// Whether it may bring back somebody who left or was compromised.
        public var bringsBack: Bool { self == .rehired || self == .returned }
    }

    /// Who sent it, a URI reference; unique together with ``id``.
    public let source: String
    public let id: String
    /// As written, such as `io.tenure.identity.left`.
    public let type: String
    public let kind: Kind
    /// When HR said it.
    public let time: Instant
    /// When it counts.
    public let effective: Instant
    /// Whether the event itself says when it counts, rather than counting at ``time``.
    public let statesEffective: Bool
    public let person: PersonID
    /// What changed, as written; never an id.
    public let attributes: [PersonAttribute]
    /// The event as it came in.
    public let document: JSONValue

    init(_ draft: HREventDraft, attributes: [PersonAttribute], document: JSONValue) {
        source = draft.source
        id = draft.id
        type = draft.type
        kind = draft.kind
        time = draft.time
        effective = draft.effective ?? draft.time
        statesEffective = draft.effective != nil
        person = draft.person
        self.attributes = attributes
        self.document = document
    }

    public var cause: Cause { .event(source: source, id: id, type: kind.rawValue) }

    /// What is kept; ``init(json:)`` reads it.
    public var json: JSONValue { document }

    /// What the event says, in the canonical form of RFC 8785. Two events of one source and id must agree in it;
    /// extension attributes, such as those of tracing, may differ from one delivery to the next.
    public var canonicalContent: [UInt8] {
        guard case .object(let object) = document else { return document.canonicalBytes }
        let members = object.members.filter { Self.coreAttributes.contains($0.name) }
        return JSONValue.object(JSONObject(members)).canonicalBytes
    }

    /// Whether `other` is the same event: then a repeat of source and id changes nothing, else it is refused.
    public func isRepeat(of other: HREvent) -> Bool {
        source.utf8.elementsEqual(other.source.utf8) && id.utf8.elementsEqual(other.id.utf8)
            && canonicalContent == other.canonicalContent
    }

    static let coreAttributes: Set<String> = [
        "specversion", "id", "source", "type", "time", "subject", "datacontenttype", "dataschema", "data",
    ]

    /// Fields that it decides, said or implied.
    var fields: PersonFields {
        var fields = attributes.reduce(into: PersonFields()) { $0.insert(PersonFields($1.field)) }
        switch kind {
        case .joined, .left, .suspended, .returned, .compromised: fields.insert(.status)
        case .rehired: fields.formUnion([.status, .dates])
        case .moved, .extended: break
        }
        return fields
    }
}

/// The envelope of an event while it is read.
struct HREventDraft {
    var source = ""
    var id = ""
    var type = ""
    var kind: HREvent.Kind
    var time: Instant
    var effective: Instant?
    var person: PersonID
}

extension HREvent: Comparable {
    /// By when they count, then by when they were said, then by source and id: the order in which they take effect.
    public static func < (left: HREvent, right: HREvent) -> Bool {
        (left.effective, left.time, left.source, left.id) < (right.effective, right.time, right.source, right.id)
    }
}
