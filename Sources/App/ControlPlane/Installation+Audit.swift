import AccessModel
import AuditTrail
import Foundation
import Persistence

extension Installation {
    /// What the log's public key is; what an auditor needs beside an export.
    public var verifierKey: String { signer.verifier.vkey }

    public func records(_ filter: AuditLog.Filter) async throws -> [Entry] {
        try await database.read { session in try AuditLog(session).entries(filter) }
    }

    /// The first so many of those that `filter` asks for, in the order of the log, and whether there are no more.
    public func records(_ filter: AuditLog.Filter, first limit: Int) async throws -> RecordPage {
        var filter = filter
        filter.first = limit + 1
        let entries = try await records(filter)
        return RecordPage(entries: Array(entries.prefix(limit)), isLast: entries.count <= limit)
    }

    /// Signs the log as it is now.
    public func checkpoint() async throws -> SignedNote {
        try await database.sealCheckpoint(signer, at: clock.now(), to: CheckpointFile(path: folder.checkpoint))
    }

    /// The proof that a record is in the log, under a checkpoint of now.
    public func prove(_ seq: Int) async throws -> InclusionProofFile {
        let note = try await checkpoint()
        return try await database.read { session in
            let log = AuditLog(session)
            let missing = InstallationError(
                code: .missing, operation: "prove record \(seq)", message: "the log has \(try log.size()) records")
            // A number from outside: none of those that are there, and there is none after the greatest.
            guard (0..<(try log.size())).contains(seq) else { throw missing }
            var filter = AuditLog.Filter()
            filter.range = seq..<(seq + 1)
            guard let entry = try log.entries(filter).first else { throw missing }
            let tree = try log.tree()
            let proof = try tree.inclusionProof(index: seq, size: tree.size)
            return InclusionProofFile(entry: entry, proof: proof, checkpoint: note.encoded)
        }
    }

    /// Writes the whole log, under a checkpoint of now, to a file that anyone can verify offline.
    public func export(to path: String) async throws -> Int {
        _ = try await checkpoint()
        guard FileManager.default.createFile(atPath: path, contents: nil),
            let handle = FileHandle(forWritingAtPath: path)
        else {
            throw InstallationError(code: .file, operation: "export to `\(path)`", message: "it cannot be written")
        }
        let origin = signer.verifier.name
        let count = try await database.read { session in
            var export = try AuditExport(origin: origin) { try handle.write(contentsOf: $0) }
            let log = AuditLog(session)
            // A key that was replaced signs for itself alone.
            var checkpoints = try log.checkpoints().filter { sealed in
                let signatures = try SignedNote(sealed.note).signatures
                return sealed.size > 0 && signatures.contains { $0.keyID == signer.verifier.keyID }
            }[...]
            // Every checkpoint right after the last record that it signs: the more, the closer a fault is named.
            try log.forEachLeaf { leaf in
                try export.record(leaf: leaf.bytes, hash: leaf.hash)
                while let next = checkpoints.first, next.size == leaf.seq + 1 {
                    try export.checkpoint(next.note)
                    checkpoints = checkpoints.dropFirst()
                }
            }
            try export.finish()
            return export.records
        }
        try handle.close()
        return count
    }

    /// Verifies an export with nothing but the public key; needs no state.
    ///
    /// - Parameter held: A signed checkpoint from before, which the log must begin with.
    public static func verify(_ path: String, key: String, held: String?) throws -> VerificationReport {
        var isFolder: ObjCBool = false
        guard FileManager.default.fileExists(atPath: path, isDirectory: &isFolder), !isFolder.boolValue,
            let handle = FileHandle(forReadingAtPath: path)
        else {
            throw InstallationError(code: .file, operation: "verify `\(path)`", message: "it cannot be read")
        }
        let verifier = try CheckpointVerifier(vkey: try keyText(key))
        let checkpoint = try held.map { try verifier.checkpoint(try text(of: $0, operation: "read the checkpoint")) }
        var offline = OfflineVerifier(verifier: verifier, held: checkpoint)
        while let chunk = try handle.read(upToCount: 1 << 20), !chunk.isEmpty { offline.consume(chunk) }
        try handle.close()
        return offline.finish()
    }

    /// Verifies the proof of one record; needs no state.
    public static func verifyProof(_ path: String, key: String) throws -> Entry {
        guard let data = FileManager.default.contents(atPath: path) else {
            throw InstallationError(code: .file, operation: "verify `\(path)`", message: "it cannot be read")
        }
        let proof = try InclusionProofFile(data)
        _ = try proof.verify(try CheckpointVerifier(vkey: try keyText(key)))
        return proof.entry
    }

    /// The key itself, or a file that holds it.
    private static func keyText(_ key: String) throws -> String {
        if key.split(separator: "+").count > 2, !FileManager.default.fileExists(atPath: key) { return key }
        return try text(of: key, operation: "read the public key").trimmingCharacters(in: .whitespacesAndNewlines)
    }

    private static func text(of path: String, operation: String) throws -> String {
        guard let data = FileManager.default.contents(atPath: path), let text = String(bytes: data, encoding: .utf8)
        else {
            throw InstallationError(
                code: .file, operation: operation, message: "`\(path)` is not there, or is no file of text")
        }
        return text
    }

    /// The service levels of a span, from the log alone: from its beginning and until now, where nothing is said.
    ///
    /// - Throws: ``InstallationError`` where the span ends before it begins.
    public func serviceLevels(from: Instant?, to: Instant?) async throws -> SLIReport {
        let from = from ?? Instant(milliseconds: 0)
        // A record of this very moment counts.
        let to = to ?? now + .seconds(1)
        guard from <= to else {
            throw InstallationError(
                code: .usage, operation: "report the service levels",
                message: "the span ends at \(to), before it begins at \(from); `--from` comes before `--to`")
        }
        return try await database.read { session in
            var levels = ServiceLevels(from: from, to: to)
            try AuditLog(session).forEachEntry { entry in levels.add(entry.record) }
            return levels.report()
        }
    }
}

/// Some records in their order.
public struct RecordPage: Sendable {
    public let entries: [Entry]
    /// Whether there are no more.
    public let isLast: Bool

    public init(entries: [Entry], isLast: Bool) {
        self.entries = entries
        self.isLast = isLast
    }
}
