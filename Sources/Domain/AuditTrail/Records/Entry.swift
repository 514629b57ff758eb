import AccessModel
import StrictJSON

/// A record at its place in the log. Its canonical JSON is a leaf of the tree.
public struct Entry: Hashable, Sendable {
    /// The version of the leaf's form.
    public static let version: Int64 = 1

    /// The index of the leaf, from 0 and without gaps.
    public let seq: Int
    public let record: Record

    public init(seq: Int, record: Record) {
        self.seq = seq
        self.record = record
    }

    /// `{"actor", "at", "body", "case", "seq", "subject", "type", "v": 1}`.
    public var json: JSONValue {
        var members = record.members
        members.append(JSONObject.Member(name: "seq", value: .integer(Int64(seq))))
        members.append(JSONObject.Member(name: "v", value: .integer(Self.version)))
        return .object(JSONObject(members))
    }

    /// The bytes of the leaf: what is stored, exported and hashed.
    public var canonicalBytes: [UInt8] { json.canonicalBytes }

    public var leafHash: MerkleHash { .leaf(canonicalBytes) }

    /// Reads what ``json`` wrote; nil for anything else, a missing or an unknown name included.
    public init?(json: JSONValue) {
        guard let object = json.object, object.members.count == Record.names.count + 2,
            object["v"]?.integer == Self.version, let seq = object["seq"]?.integer, seq >= 0,
            let record = Record(members: object)
        else { return nil }
        self.init(seq: Int(seq), record: record)
    }

    /// Reads a leaf. Only its one canonical form is taken, so that no two leaves say the same.
    public init(leaf: some Collection<UInt8>) throws(AuditError) {
        func refusal(_ message: String) -> AuditError {
            AuditError(code: .record, operation: "read a record", message: message)
        }
        let json: JSONValue
        do {
            json = try JSONParser.parse(leaf)
        } catch {
            throw refusal("it is not JSON: \(error)")
        }
        guard let entry = Entry(json: json) else { throw refusal("it does not have the form of a record") }
        guard entry.canonicalBytes.elementsEqual(leaf) else { throw refusal("it is not in canonical form (RFC 8785)") }
        self = entry
    }
}
