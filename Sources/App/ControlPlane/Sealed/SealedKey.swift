import AccessModel
import AuditTrail
import Persistence

/// The key that signs the log as a database keeps it where a data key is configured: sealed, so that neither the database nor
/// a copy of it gives it away, and a new node needs no copy of a file.
struct SealedKey: Sendable {
    private static let name = "audit.key"

    private let folder: StateFolder
    private let database: any Database
    private let ring: DataKeyRing?

    init(_ folder: StateFolder, _ database: any Database) {
        self.folder = folder
        self.database = database
        ring = folder.dataKeys
    }

    /// Opens it, and seals it anew where an earlier data key did. Nil where none is sealed, or nothing is configured to
    /// open it with.
    ///
    /// - Parameters:
    ///   - verifier: The public half that the log is signed by.
    ///   - mayReplace: Whether another key may come in the place of one that cannot be opened.
    /// - Throws: ``InstallationError`` `denied` where it cannot be opened and no file has it either.
    func open(verifier: String?, mayReplace: Bool) async throws -> AuditKeys? {
        guard let ring else { return nil }
        do {
            return try await database.write { session -> AuditKeys? in
                let store = SecretStore(session, ring)
                guard let text = try store.secret(Self.name) else { return nil }
                try store.reseal()
                let signer = try CheckpointSigner(encoded: text)
                guard verifier == nil || verifier == signer.verifier.vkey else {
                    throw PersistenceError(
                        code: .corrupt, operation: "open the secret `\(Self.name)`",
                        message: "it is not the key that the log is signed by")
                }
                return AuditKeys(signer: signer, isNew: false)
            }
        } catch let error as PersistenceError where error.code == .unavailable || error.code == .corrupt {
            // One that was put there from elsewhere is found out by the log's public half.
            guard error.operation.contains(Self.name), !folder.hasKey, !mayReplace else {
                guard error.operation.contains(Self.name) else { throw error }
                return nil
            }
            throw InstallationError(
                code: .denied, operation: "open the key that signs the log",
                message:
                    "\(error.message); configure the data key as `data_key.current` or `data_key.previous`, or bring "
                    + "\(folder.privateKey) back from a copy")
        }
    }

    /// Seals it, where a data key is configured.
    func keep(_ signer: CheckpointSigner) async throws {
        guard ring != nil else { return }
        try await database.write { session in try keep(signer, in: session) }
    }

    func keep(_ signer: CheckpointSigner, in session: any SQLSession) throws {
        guard let ring else { return }
        try SecretStore(session, ring).set(Self.name, to: signer.encoded)
    }

    /// Why there is no key.
    func missing() async throws -> InstallationError {
        let isSealed = try await database.read { try SecretStore.holds(Self.name, in: $0) }
        guard !isSealed || ring != nil else {
            return InstallationError(
                code: .rollback, operation: "read \(folder.privateKey)",
                message: "the key that signs the log is sealed in the database; configure `data_key.current`, here by "
                    + "`TENURE_DATA_KEY_CURRENT` or the file that `TENURE_CONFIG` names")
        }
        return InstallationError(
            code: .rollback, operation: "read \(folder.privateKey)",
            message: "the key that signs the log is gone; bring it back from a copy, with the last checkpoint, or "
                + "from another node (to go on with a new one: `tenure audit checkpoint --accept-rollback REASON`)")
    }
}
