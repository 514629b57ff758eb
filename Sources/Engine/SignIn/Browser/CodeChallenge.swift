import Crypto

/// Proof Key for Code Exchange (RFC 7636) by `S256`.
enum CodeChallenge {
    static func s256(_ verifier: String) -> String { Base64URL.encode(SHA256.hash(data: Array(verifier.utf8))) }
}
