import AccessModel
import AuditTrail
import TestSupport
import Testing

@testable import Persistence

@Suite("A log from before its tree was in one table")
struct AuditTreeMigrationTests {
    private let now = Instant(milliseconds: 1_700_000_000_000)

    @Test(arguments: DatabaseDriver.all) func isTheSameAfterwards(_ driver: DatabaseDriver) async throws {
        let count = 45
        try await driver.withDatabase { database in
            try await Schema.migrate(database, at: now, to: Array(Schema.migrations.prefix(2)))
            try await database.write { try Self.write(count, $0) }
            try await Schema.migrate(database, at: now)
            try await database.read { session in
                let log = AuditLog(session)
                #expect(try log.entries().map(\.record) == (0..<count).map { AuditLogTests.record($0) })
                let tree = try log.tree()
                for index in 0..<count {
                    let leaf = Entry(seq: index, record: AuditLogTests.record(index)).leafHash
                    for size in [index + 1, count] {
                        let proof = try tree.inclusionProof(index: index, size: size)
                        #expect(try proof.proves(leaf: leaf, root: tree.root(size: size)))
                    }
                }
            }
            let places = try await database.write { try AuditLog($0).append([AuditLogTests.record(count)]) }
            #expect(places == count..<(count + 1))
        }
    }

    /// As the release before wrote it.
    private static func write(_ count: Int, _ session: any SQLSession) throws {
        var range = CompactRange()
        for seq in 0..<count {
            let record = AuditLogTests.record(seq)
            let entry = Entry(seq: seq, record: record)
            try session.execute(
                """
                INSERT INTO audit_leaves (seq, at, type, actor, subject, case_id, leaf, hash)
                VALUES ($1, $2, $3, $4, $5, $6, $7, $8)
                """,
                [
                    .int(seq), .instant(record.at), .text(record.type), .text(record.actor), .optional(record.subject),
                    .optional(record.caseID), .text(String(decoding: entry.canonicalBytes, as: UTF8.self)),
                    .blob(entry.leafHash.bytes),
                ])
            try range.append(entry.leafHash) { node in
                guard node.id.level > 0 else { return }
                try session.execute(
                    "INSERT INTO audit_nodes (level, idx, hash) VALUES ($1, $2, $3)",
                    [.int(node.id.level), .int(node.id.index), .blob(node.hash.bytes)])
            }
        }
    }
}
