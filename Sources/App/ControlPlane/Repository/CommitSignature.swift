import AccessModel
import ConnectorKit
import Forges

/// What a commit's signature is worth to those who say whose they take.
public enum CommitSignature: Hashable, Sendable {
    /// By a key that is allowed, under this name in the file of signers.
    case allowed(String)
    /// None, or one that is not an allowed key's: why.
    case refused(String)

    /// For git alone: nobody's keyring and no other kind of signature counts.
    static func settings(_ signers: String?) -> [String: String] {
        [
            "gpg.format": "ssh", "gpg.ssh.allowedSignersFile": signers ?? "/dev/null",
            "gpg.ssh.program": "ssh-keygen", "gpg.program": "/bin/false",
            "gpg.openpgp.program": "/bin/false", "gpg.x509.program": "/bin/false",
        ]
    }

    static func look(at commit: String, _ git: GitProgram) async throws(ConnectorError) -> CommitSignature {
        let operation = "check the signature of a commit"
        let check = try await git.attempt(["verify-commit", commit], operation: operation)
        // `G`, and nothing less: `U` is a good signature by somebody whom nobody named.
        let shown = try await git.run(
            ["log", "-1", "--no-show-signature", "--format=%G?%n%GS", commit, "--"], operation: operation
        ).text.split(separator: "\n", omittingEmptySubsequences: false).map(String.init)
        guard let letter = shown.first, shown.count >= 2 else {
            throw ConnectorError(code: .targetFailure, operation: operation, message: "git says nothing of it")
        }
        if check.status == 0, letter == "G", !shown[1].isEmpty { return .allowed(shown[1]) }
        return .refused(letter == "N" ? "it is not signed" : "its signature is by nobody who is allowed")
    }
}
