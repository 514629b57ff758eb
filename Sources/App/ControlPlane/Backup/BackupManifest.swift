import AccessModel
import AuditTrail
import Persistence
import StrictJSON

/// What stands beside a backup: what it is a copy of, and how to tell that it is whole.
public struct BackupManifest: Hashable, Sendable {
    static let format = "tenure-backup/1"

    /// What the copied database holds, by its own word.
    public struct Contents: Hashable, Sendable {
        /// Records in its audit log.
        public let records: Int
        public let root: MerkleHash
        /// The newest signed checkpoint in it; nil where it was never sealed.
        public let checkpoint: String?
        /// The number of its last migration.
        public let schema: Int
        /// The log's origin.
        public let origin: String
    }

    public let madeAt: Instant
    public let dialect: SQLDialect
    /// On a server: the schema that its tables are in.
    public let namespace: String?
    public let contents: Contents
    public let file: DurableFile.Digest

    /// Where it stands.
    public static func path(of backup: String) -> String { backup + ".manifest" }

    public var json: JSONValue {
        var object = JSONObject()
        object["format"] = .string(Self.format)
        object["made_at"] = .string(madeAt.description)
        object["database"] = .string(dialect.rawValue)
        if let namespace { object["namespace"] = .string(namespace) }
        object["schema"] = .integer(Int64(contents.schema))
        object["origin"] = .string(contents.origin)
        object["records"] = .integer(Int64(contents.records))
        object["root"] = .string(contents.root.hex)
        object["checkpoint"] = contents.checkpoint.map(JSONValue.string) ?? .null
        object["bytes"] = .integer(Int64(file.bytes))
        object["sha256"] = .string(file.sha256)
        return .object(object)
    }

    public init(
        madeAt: Instant, dialect: SQLDialect, namespace: String?, contents: Contents, file: DurableFile.Digest
    ) {
        self.madeAt = madeAt
        self.dialect = dialect
        self.namespace = namespace
        self.contents = contents
        self.file = file
    }

    /// Reads what ``json`` wrote; nil for anything else.
    public init?(json: JSONValue) {
        guard json["format"]?.string == Self.format, let madeAt = json["made_at"]?.string.flatMap({ Instant($0) }),
            let dialect = json["database"]?.string.flatMap({ SQLDialect(rawValue: $0) }),
            let schema = json["schema"]?.integer, let origin = json["origin"]?.string,
            let records = json["records"]?.integer, records >= 0,
            let root = json["root"]?.string.flatMap({ MerkleHash(hex: $0) }),
            let bytes = json["bytes"]?.integer, let sha256 = json["sha256"]?.string
        else { return nil }
        self.init(
            madeAt: madeAt, dialect: dialect, namespace: json["namespace"]?.string,
            contents: Contents(
                records: Int(records), root: root, checkpoint: json["checkpoint"]?.string, schema: Int(schema),
                origin: origin),
            file: DurableFile.Digest(bytes: Int(bytes), sha256: sha256))
    }
}

extension BackupManifest.Contents {
    /// Throws `.corrupt` where the log is not whole.
    init(of session: any SQLSession) throws {
        let log = AuditLog(session)
        let number = try session.query("SELECT max(number) FROM schema_migrations").first?.integer(0) ?? 0
        self.init(
            records: try log.size(), root: try log.rehash(), checkpoint: try log.latestCheckpoint()?.encoded,
            schema: Int(number), origin: try SettingsStore(session).value(.origin) ?? "")
    }
}
