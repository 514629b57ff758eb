import AuditTrail
import Definitions

/// Looks into the keys under `break_glass.sealed`; the reader of the files knows only their form.
enum SealingKeys {
    static func diagnostics(_ organization: Organization?) -> [Diagnostic] {
        (organization?.platform.breakGlass?.sealed?.keys ?? []).compactMap { key in
            do throws(AuditError) {
                _ = try CheckpointVerifier(vkey: key.verifier)
                return nil
            } catch {
                return Diagnostic(
                    severity: .error, code: "bad-key", place: key.place,
                    message: "the key of `\(key.person.email)`: \(error.message)")
            }
        }
    }
}
