import AccessModel

/// A browser on its way to the provider and back. Everything that binds the two ways together follows from one random
/// value in the browser's cookie, so that nothing is kept here for those who never come back.
public struct SignInAttempt: Sendable {
    /// How long somebody may take at the provider.
    public static let lifetime = Span.minutes(10)

    private let secret: [UInt8]
    private let beganAt: Instant
    /// Where the browser goes afterwards: a path of this server's.
    public let destination: String

    /// - Parameter random: 32 bytes that nobody can guess.
    init(random: [UInt8], destination: String?, at now: Instant) {
        secret = random
        beganAt = now
        self.destination = destination.flatMap { Self.isLocal($0) ? $0 : nil } ?? "/"
    }

    /// Reads its cookie back; nil for what is none, or took too long.
    init?(cookie: String, at now: Instant) {
        let parts = cookie.split(separator: ".", omittingEmptySubsequences: false).map(String.init)
        guard parts.count == 3, let secret = Base64URL.decode(parts[0]), secret.count == 32,
            let milliseconds = Int64(parts[1]), let path = Base64URL.decode(parts[2]),
            let destination = String(validating: path, as: UTF8.self), Self.isLocal(destination)
        else { return nil }
        let beganAt = Instant(milliseconds: milliseconds)
        guard now >= beganAt, now < beganAt + Self.lifetime else { return nil }
        self.secret = secret
        self.beganAt = beganAt
        self.destination = destination
    }

    /// For the cookie.
    var encoded: SecretText {
        SecretText("\(Base64URL.encode(secret)).\(beganAt.milliseconds).\(Base64URL.encode(destination.utf8))")
    }

    /// Comes back in the address (RFC 6749, 10.12).
    var state: String { derive("state") }
    /// Comes back in the ID token.
    var nonce: String { derive("nonce") }
    /// Shown to the provider with the code, so that a stolen code is of no use (RFC 7636).
    var verifier: String { derive("verifier") }

    private func derive(_ label: String) -> String {
        SecretDigest.derive("\(label) \(beganAt.milliseconds) \(destination)", from: secret)
    }

    /// A path of this server: no other host behind two slashes, and nothing that a browser would take for one.
    static func isLocal(_ path: String) -> Bool {
        path.utf8.count <= 1_024 && path.hasPrefix("/") && !path.hasPrefix("//")
            && path.utf8.allSatisfy { $0 > 0x20 && $0 < 0x7F && $0 != UInt8(ascii: "\\") }
    }
}
