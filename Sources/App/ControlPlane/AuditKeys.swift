import AccessModel
import AuditTrail
import Foundation
import Persistence

/// The key pair that signs an installation's checkpoints: made once, kept beside the database.
struct AuditKeys {
    let signer: CheckpointSigner
    let isNew: Bool

    /// Reads the key, or makes one where there is none. `name` is the log's origin.
    static func open(_ folder: StateFolder, name: String, seed: () -> [UInt8]) throws -> AuditKeys {
        if folder.hasKey {
            let text = try String(contentsOfFile: folder.privateKey, encoding: .utf8)
            return AuditKeys(
                signer: try CheckpointSigner(
                    encoded: SecretText(text.trimmingCharacters(in: .whitespacesAndNewlines))),
                isNew: false)
        }
        let signer = try CheckpointSigner(name: name, seed: seed())
        try write(signer.encoded.reveal() + "\n", to: folder.privateKey, permissions: 0o600)
        try write(signer.verifier.vkey + "\n", to: folder.publicKey, permissions: 0o644)
        return AuditKeys(signer: signer, isNew: true)
    }

    private static func write(_ text: String, to path: String, permissions: Int) throws {
        let isWritten = FileManager.default.createFile(
            atPath: path, contents: Data(text.utf8), attributes: [.posixPermissions: permissions])
        guard isWritten else {
            throw InstallationError(code: .file, operation: "write `\(path)`", message: "it cannot be written")
        }
    }
}
