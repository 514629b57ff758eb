import AccessModel
import AuditTrail
import Foundation
import Persistence

/// The key pair that signs an installation's checkpoints: made once, kept outside of the database.
struct AuditKeys {
    let signer: CheckpointSigner
    let isNew: Bool

    /// Reads the key, or makes one where there is none. `name` is the log's origin.
    ///
    /// - Parameter isFile: Whether a new one is written to a file.
    static func open(
        _ folder: StateFolder, name: String, isFile: Bool = true, seed: () -> [UInt8]
    ) throws -> AuditKeys {
        if folder.hasKey {
            let text = try String(contentsOfFile: folder.privateKey, encoding: .utf8)
            return AuditKeys(
                signer: try CheckpointSigner(
                    encoded: SecretText(text.trimmingCharacters(in: .whitespacesAndNewlines))),
                isNew: false)
        }
        let signer = try CheckpointSigner(name: name, seed: seed())
        guard isFile else { return AuditKeys(signer: signer, isNew: true) }
        try FileManager.default.createDirectory(
            atPath: folder.folder, withIntermediateDirectories: true, attributes: [.posixPermissions: 0o700])
        try write(signer.encoded.reveal() + "\n", to: folder.privateKey, permissions: 0o600)
        try write(signer.verifier.vkey + "\n", to: folder.publicKey, permissions: 0o644)
        return AuditKeys(signer: signer, isNew: true)
    }

    /// Takes away what was made.
    func remove(_ folder: StateFolder) throws {
        for path in [folder.privateKey, folder.publicKey] where FileManager.default.fileExists(atPath: path) {
            try FileManager.default.removeItem(atPath: path)
        }
    }

    /// What an auditor needs is always in a file.
    func writePublicHalf(_ folder: StateFolder) throws {
        guard !FileManager.default.fileExists(atPath: folder.publicKey) else { return }
        try Self.write(signer.verifier.vkey + "\n", to: folder.publicKey, permissions: 0o644)
    }

    private static func write(_ text: String, to path: String, permissions: Int) throws {
        let isWritten = FileManager.default.createFile(
            atPath: path, contents: Data(text.utf8), attributes: [.posixPermissions: permissions])
        guard isWritten else {
            throw InstallationError(code: .file, operation: "write `\(path)`", message: "it cannot be written")
        }
    }
}
