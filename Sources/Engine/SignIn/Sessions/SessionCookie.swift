import AccessModel

/// A cookie that scripts do not see, other sites do not send along with what they post, and, over TLS, no other host
/// can set (`__Host-`).
public struct SessionCookie: Hashable, Sendable {
    /// For a browser that is signed in.
    public static func session(isEncrypted: Bool) -> SessionCookie { SessionCookie("tenure-session", isEncrypted) }
    /// For one that is on its way to the provider and back.
    public static func attempt(isEncrypted: Bool) -> SessionCookie { SessionCookie("tenure-sign-in", isEncrypted) }

    public let name: String
    private let isEncrypted: Bool

    private init(_ name: String, _ isEncrypted: Bool) {
        self.name = isEncrypted ? "__Host-" + name : name
        self.isEncrypted = isEncrypted
    }

    /// For a `Set-Cookie` header.
    public func set(_ value: SecretText, for lifetime: Span) -> String {
        "\(name)=\(value.reveal()); Max-Age=\(lifetime.milliseconds / 1_000)" + attributes
    }

    /// Takes it away.
    public var cleared: String { "\(name)=; Max-Age=0" + attributes }

    // Lax, not Strict: the provider sends the browser back from another site, and the page after that must know who it is.
    private var attributes: String { "; Path=/; HttpOnly; SameSite=Lax" + (isEncrypted ? "; Secure" : "") }

    /// The value in a `Cookie` header; nil where it is missing, or stands twice: one of the two is not ours.
    public func value(in header: String?) -> String? {
        guard let header, header.utf8.count <= 16_384 else { return nil }
        let values = header.utf8.split(separator: UInt8(ascii: ";")).compactMap { pair -> String? in
            let pair = pair.drop { $0 == UInt8(ascii: " ") }
            let prefix = Array((name + "=").utf8)
            guard pair.starts(with: prefix) else { return nil }
            return String(decoding: pair.dropFirst(prefix.count), as: UTF8.self)
        }
        return values.count == 1 && !values[0].isEmpty ? values[0] : nil
    }
}
