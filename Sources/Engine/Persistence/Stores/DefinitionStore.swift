import AccessModel
import Crypto

/// The organisation's files as they were applied, each content once.
public struct DefinitionStore {
    public struct File: Hashable, Sendable {
        /// Relative to the organisation's folder.
        public let path: String
        public let content: [UInt8]

        public init(path: String, content: [UInt8]) {
            self.path = path
            self.content = content
        }
    }

    /// Definitions that came into force.
    public struct Application: Hashable, Sendable {
        public let revision: String
        public let appliedAt: Instant
        public let actor: String
    }

    private let session: any SQLSession

    public init(_ session: any SQLSession) { self.session = session }

    /// Brings `revision` into force. `files` are kept the first time that a revision is applied; it names their content.
    public func apply(_ revision: String, files: [File], at now: Instant, actor: String) throws {
        let parameters: [SQLValue] = [.text(revision), .instant(now), .text(actor)]
        let isNew = try session.execute(
            """
            INSERT INTO definitions (revision, applied_at, actor) VALUES ($1, $2, $3)
            ON CONFLICT (revision) DO NOTHING
            """, parameters)
        if isNew > 0 {
            let digests = files.map { SQLValue.text(SHA256.hash(data: $0.content).hexText) }
            try session.insert(
                into: "definition_contents (digest, content)",
                zip(digests, files).map { [$0, .blob($1.content)] },
                onConflict: "ON CONFLICT (digest) DO NOTHING")
            try session.insert(
                into: "definition_files (revision, path, digest)",
                zip(digests, files).map { [.text(revision), .text($1.path), $0] })
        }
        try session.execute(
            """
            INSERT INTO definition_applications (revision, applied_at, actor) VALUES ($1, $2, $3)
            ON CONFLICT (applied_at, revision) DO NOTHING
            """, parameters)
        try SettingsStore(session).set(.definitions, to: revision)
    }

    /// The revision in force; nil before the first.
    public func current() throws -> String? { try SettingsStore(session).value(.definitions) }

    /// What was in force at `at`.
    public func application(at: Instant) throws -> Application? {
        try session.query(
            """
            SELECT revision, applied_at, actor FROM definition_applications WHERE applied_at <= $1
            ORDER BY applied_at DESC LIMIT 1
            """, [.instant(at)]
        ).first.map(Self.application)
    }

    /// Oldest first.
    public func applications() throws -> [Application] {
        try session.query("SELECT revision, applied_at, actor FROM definition_applications ORDER BY applied_at")
            .map(Self.application)
    }

    /// Sorted by path; empty for a revision that was never applied.
    public func files(of revision: String) throws -> [File] {
        try session.query(
            """
            SELECT f.path, c.content FROM definition_files f
            JOIN definition_contents c ON c.digest = f.digest
            WHERE f.revision = $1 ORDER BY f.path
            """, [.text(revision)]
        ).map { File(path: try $0.text(0), content: try $0.blob(1)) }
    }

    private static func application(_ row: SQLRow) throws -> Application {
        Application(revision: try row.text(0), appliedAt: try row.instant(1), actor: try row.text(2))
    }
}
