import AccessModel
import Crypto
import Foundation

/// Seals what the database has to keep and may not show: AES-256-GCM, with a key that is never in the database.
///
/// Nothing of a key is printed. Two values that are alike are sealed unlike, and a value opens only under the name that
/// it was sealed for, so that nobody who can write to the database puts one in another's place.
public struct DataKey: Sendable, CustomReflectable {
    /// Tells keys apart, and tells nothing of the key: eight hexadecimal digits.
    public let id: String
    private let key: SymmetricKey

    /// - Throws: `.unavailable`, without a word of the secret, unless it is the base64 of 32 bytes, as
    ///   `openssl rand -base64 32` prints them.
    public init(_ secret: SecretText) throws(PersistenceError) {
        let text = secret.reveal()
        guard let bytes = Data(base64Encoded: text), bytes.count == 32, bytes.base64EncodedString() == text else {
            throw PersistenceError(
                code: .unavailable, operation: "read the data key",
                message: "it is not the base64 of 32 bytes; `openssl rand -base64 32` makes one")
        }
        key = SymmetricKey(data: bytes)
        let code = HMAC<SHA256>.authenticationCode(for: Array("tenure data key id".utf8), using: key)
        id = Data(code).prefix(4).hexText
    }

    public var customMirror: Mirror { Mirror(self, children: []) }

    func seal(_ secret: SecretText, as name: String) throws -> String {
        let box = try AES.GCM.seal(Data(secret.reveal().utf8), using: key, authenticating: Data(name.utf8))
        // Of a nonce of the usual length there is always one text.
        guard let combined = box.combined else { throw Self.unreadable(name) }
        return combined.base64EncodedString()
    }

    func open(_ sealed: some StringProtocol, as name: String) throws(PersistenceError) -> SecretText {
        guard let combined = Data(base64Encoded: String(sealed)), combined.base64EncodedString() == sealed else {
            throw Self.unreadable(name)
        }
        do {
            let box = try AES.GCM.SealedBox(combined: combined)
            let bytes = try AES.GCM.open(box, using: key, authenticating: Data(name.utf8))
            guard let text = String(validating: bytes, as: UTF8.self) else { throw Self.unreadable(name) }
            return SecretText(text)
        } catch {
            throw Self.unreadable(name)
        }
    }

    static func unreadable(_ name: String) -> PersistenceError {
        PersistenceError(
            code: .corrupt, operation: "open the secret `\(name)`",
            message: "it was not sealed under this name by this key, or was changed since")
    }
}

/// The key that seals, and those before it that only open.
public struct DataKeyRing: Sendable {
    private static let format = "sealed-1"

    public let current: DataKey
    private let previous: [DataKey]

    public init(_ current: DataKey, previous: [DataKey] = []) {
        self.current = current
        self.previous = previous
    }

    /// A sealed text, which says by which key it was sealed.
    public struct Sealed: Hashable, Sendable {
        public let text: String

        public init(text: String) { self.text = text }
    }

    /// - Parameter name: What it is; only under the same it opens again.
    public func seal(_ secret: SecretText, as name: String) throws -> Sealed {
        Sealed(text: "\(Self.format):\(current.id):\(try current.seal(secret, as: name))")
    }

    /// Throws `.unavailable` where the key is not in the ring, `.corrupt` where the text is not what was sealed.
    public func open(_ sealed: Sealed, as name: String) throws(PersistenceError) -> SecretText {
        let parts = sealed.text.split(separator: ":", omittingEmptySubsequences: false)
        guard parts.count == 3, parts[0] == Self.format else { throw DataKey.unreadable(name) }
        guard let key = ([current] + previous).first(where: { $0.id == parts[1] }) else {
            throw PersistenceError(
                code: .unavailable, operation: "open the secret `\(name)`",
                message: "it was sealed by the data key \(parts[1].prefix(8)), which is not configured")
        }
        return try key.open(parts[2], as: name)
    }

    /// Whether it was sealed by the current key.
    public func isCurrent(_ sealed: Sealed) -> Bool { sealed.text.hasPrefix("\(Self.format):\(current.id):") }
}
