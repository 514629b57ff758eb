import AccessModel
import AuditTrail
import Foundation
import Persistence
import TestSupport
import Testing

@Suite("Checkpoints within and beside the database")
struct CheckpointTests {
    private let now = Instant(milliseconds: 1_700_000_000_000)

    private static func signer(_ name: String = "example.com/tenure", seed: UInt8 = 1) throws -> CheckpointSigner {
        try CheckpointSigner(name: name, seed: [UInt8](repeating: seed, count: 32))
    }

    private static func append(_ count: Int, to database: any Database, variant: String = "test.event") async throws {
        try await database.write { session in
            let start = try AuditLog(session).size()
            try AuditLog(session).append(
                (start..<(start + count)).map { AuditLogTests.record($0, type: variant) })
        }
    }

    @Test(arguments: DatabaseDriver.all) func aSealSaysWhatTheLogIs(_ driver: DatabaseDriver) async throws {
        let signer = try Self.signer()
        try await driver.withSchema { database in
            for count in [0, 5, 0, 20] {
                try await Self.append(count, to: database)
                let note = try await database.write { try AuditLog($0).seal(signer, at: now) }
                let checkpoint = try signer.verifier.checkpoint(note)
                let log = try await database.read { try [AuditLog($0).root()] }
                #expect(checkpoint.root == log[0])
                #expect(try await database.read { try AuditLog($0).latestCheckpoint() } == note)
            }
            let sizes = try await database.read { try $0.query("SELECT size FROM audit_checkpoints ORDER BY size") }
            #expect(try sizes.map { try $0.integer(0) } == [0, 5, 25])
        }
    }

    @Test(
        "what was changed is never signed",
        arguments: [
            "UPDATE audit_leaves SET leaf = replace(leaf, '\"n\":7', '\"n\":8') WHERE seq = 7",
            "UPDATE audit_tree SET hash = (SELECT hash FROM audit_tree WHERE position = 4) WHERE position = 14",
            "DELETE FROM audit_tree WHERE position = 14",
            "DELETE FROM audit_leaves WHERE seq = 7",
            // The root of the first eight records.
            "UPDATE audit_tree SET hash = (SELECT hash FROM audit_tree WHERE position = 1) WHERE position = 7",
            "DELETE FROM audit_tree WHERE position = 7",
            "DELETE FROM audit_leaves WHERE seq >= 3",
        ])
    func tampered(_ sql: String) async throws {
        let signer = try Self.signer()
        try await withTemporaryDatabase { database in
            try await Self.append(4, to: database)
            try await database.write { _ = try AuditLog($0).seal(signer, at: now) }
            try await Self.append(8, to: database)
            #expect(try await database.write { try $0.execute(sql) } > 0)
            let code = try await code { try await database.write { _ = try AuditLog($0).seal(signer, at: now) } }
            #expect(code == .corrupt)
        }
    }

    @Test(arguments: DatabaseDriver.all) func anotherKeyChecksFromTheStart(_ driver: DatabaseDriver) async throws {
        let other = try Self.signer("example.com/other", seed: 2)
        try await driver.withSchema { database in
            try await Self.append(4, to: database)
            try await database.write { _ = try AuditLog($0).seal(try Self.signer(), at: now) }
            let note = try await database.write { try AuditLog($0).seal(other, at: now) }
            #expect(try other.verifier.checkpoint(note).size == 4)
        }
    }

    @Test(arguments: DatabaseDriver.all) func theFileFollowsTheLog(_ driver: DatabaseDriver) async throws {
        let folder = try TemporaryFolder()
        let file = CheckpointFile(path: folder.path("outside/checkpoint"))
        let signer = try Self.signer()
        try await driver.withSchema { database in
            #expect(try await file.compare(with: database, verifier: signer.verifier) == .new)
            try await Self.append(3, to: database)
            let note = try await database.sealCheckpoint(signer, at: now, to: file)
            #expect(try file.read() == note)
            let mode = try FileManager.default.attributesOfItem(atPath: file.path)[.posixPermissions] as? Int
            #expect(mode == 0o600)
            try await Self.append(30, to: database)
            let checkpoint = try signer.verifier.checkpoint(note)
            #expect(try await file.compare(with: database, verifier: signer.verifier) == .consistent(checkpoint))
            let newer = try await database.sealCheckpoint(signer, at: now, to: file)
            try file.write(note, verifier: signer.verifier)
            #expect(try file.read() == newer, "an older checkpoint does not take a newer one's place")
            let left = try FileManager.default.contentsOfDirectory(atPath: folder.path("outside")).sorted()
            #expect(left == ["checkpoint", "checkpoint.lock"])
            try FileManager.default.removeItem(atPath: file.path)
            let finding = try await file.compare(with: database, verifier: signer.verifier)
            #expect(finding == .removed)
            #expect(!finding.isTrusted && finding.problem != nil)
        }
    }

    @Test func anOldCopyIsNoticed() async throws {
        let folder = try TemporaryFolder()
        let file = CheckpointFile(path: folder.path("checkpoint"))
        let signer = try Self.signer()
        let path = folder.path("state/tenure.db")
        var database = try await SQLiteDatabase.open(path)
        try await Schema.migrate(database, at: now)
        try await Self.append(10, to: database)
        try await database.sealCheckpoint(signer, at: now, to: file)
        await database.close()
        try FileManager.default.copyItem(atPath: path, toPath: folder.path("backup.db"))

        database = try await SQLiteDatabase.open(path)
        try await Self.append(5, to: database)
        let note = try await database.sealCheckpoint(signer, at: now, to: file)
        await database.close()
        try FileManager.default.removeItem(atPath: path)
        try FileManager.default.copyItem(atPath: folder.path("backup.db"), toPath: path)

        database = try await SQLiteDatabase.open(path)
        let sealed = try signer.verifier.checkpoint(note)
        #expect(
            try await file.compare(with: database, verifier: signer.verifier) == .rolledBack(sealed, size: 10))
        try await Self.append(20, to: database, variant: "another.history")
        #expect(try await file.compare(with: database, verifier: signer.verifier) == .forked(sealed))
        await database.close()
    }

    @Test(arguments: DatabaseDriver.all) func aFileThatTheKeyDidNotSignIsNoticed(_ driver: DatabaseDriver) async throws
    {
        let folder = try TemporaryFolder()
        let file = CheckpointFile(path: folder.path("checkpoint"))
        let signer = try Self.signer()
        try await driver.withSchema { database in
            try await Self.append(3, to: database)
            let note = try await database.sealCheckpoint(signer, at: now, to: file)
            let forged = note.encoded.replacingOccurrences(of: "\n3\n", with: "\n4\n")
            for text in [
                forged, "", "garbage",
                try Self.signer(seed: 9).sign(
                    Checkpoint(
                        origin: "example.com/tenure", size: 3, root: .emptyRoot)
                ).encoded,
            ] {
                try Data(text.utf8).write(to: URL(fileURLWithPath: file.path))
                let finding = try await file.compare(with: database, verifier: signer.verifier)
                guard case .unreadable = finding else {
                    Issue.record("\(text) gave \(finding)")
                    continue
                }
                #expect(!finding.isTrusted)
            }
        }
    }
}
