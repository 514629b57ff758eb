import AccessModel
import StrictJSON

/// A plan as it is written to a file to be reviewed and applied later.
///
/// It is a promise to do these changes and no others: whoever applies it plans again and compares the hash.
public struct PlanFile: Hashable, Sendable {
    public let hash: String
    public let definitionsRevision: String
    /// Whom the plan was narrowed to; nil for all.
    public let person: PersonID?
    public let plannedAt: Instant
    public let changes: [Change]

    public init(_ plan: Plan, person: PersonID? = nil) {
        hash = plan.hash
        definitionsRevision = plan.definitionsRevision
        self.person = person
        plannedAt = plan.plannedAt
        changes = plan.changes
    }

    /// Why a text is not a plan file.
    public enum Failure: Error, Hashable, Sendable, CustomStringConvertible {
        case notJSON(JSONError)
        case malformed(String)
        case hashMismatch(stated: String, actual: String)

        public var code: String {
            switch self {
            case .notJSON, .malformed: "plan-file-malformed"
            case .hashMismatch: "plan-file-hash"
            }
        }

        public var description: String {
            switch self {
            case .notJSON(let error): "reading the plan file: \(error)"
            case .malformed(let what): "reading the plan file: \(what); write it again with `tenure plan --out FILE`"
            case .hashMismatch(let stated, let actual):
                "reading the plan file: it says hash `\(stated)`, its changes give `\(actual)`; it was altered after "
                    + "it was planned"
            }
        }
    }

    static let version = "tenure/plan/v1"
    private static let names: Set<String> = [
        "$schema", "hash", "definitions_revision", "person", "planned_at", "changes",
    ]

    public var json: JSONValue {
        var object = JSONObject()
        object["$schema"] = .string(Self.version)
        object["hash"] = .string(hash)
        object["definitions_revision"] = .string(definitionsRevision)
        object["person"] = person.map { .string($0.text) }
        object["planned_at"] = .string(plannedAt.description)
        object["changes"] = .array(changes.map(\.json))
        return .object(object)
    }

    /// Reads what ``json`` wrote; refuses unknown names, changes that do not read back as written, and a hash that is
    /// not that of the changes.
    public init(reading bytes: some Sequence<UInt8>) throws(Failure) {
        let json: JSONValue
        do { json = try JSONParser.parse(bytes) } catch { throw .notJSON(error) }
        guard let object = json.object else { throw .malformed("it is \(json.kindName), not an object") }
        if let unknown = object.names.first(where: { !Self.names.contains($0) }) {
            throw .malformed("unknown name `\(unknown)`")
        }
        guard json["$schema"]?.string == Self.version else {
            throw .malformed("`$schema` is not `\(Self.version)`")
        }
        guard let hash = json["hash"]?.string, let revision = json["definitions_revision"]?.string,
            let plannedAt = json["planned_at"]?.string.flatMap({ Instant($0) }),
            let elements = json["changes"]?.array
        else { throw .malformed("`hash`, `definitions_revision`, `planned_at` or `changes` is missing or no such") }
        person = try Self.person(json["person"])
        changes = try Self.changes(elements)
        self.hash = hash
        self.plannedAt = plannedAt
        definitionsRevision = revision
        let actual = PlanHash.hash(of: changes, definitionsRevision: revision)
        guard actual == hash else { throw .hashMismatch(stated: hash, actual: actual) }
    }

    private static func person(_ json: JSONValue?) throws(Failure) -> PersonID? {
        guard let json else { return nil }
        guard let person = json.string.flatMap({ PersonID($0) }) else {
            throw .malformed("`person` is not a person's id")
        }
        return person
    }

    private static func changes(_ elements: [JSONValue]) throws(Failure) -> [Change] {
        var changes: [Change] = []
        changes.reserveCapacity(elements.count)
        for (number, element) in elements.enumerated() {
            guard let change = Change(json: element), change.json == element else {
                throw .malformed("change \(number + 1) is not one that Tenure writes")
            }
            changes.append(change)
        }
        return changes
    }
}
