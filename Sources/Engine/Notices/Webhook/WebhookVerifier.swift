import AccessModel
import ConnectorKit

/// Tells webhooks of somebody who has the secret from all others: Standard Webhooks 1.0, the receiving side of
/// ``WebhookSignature``.
public struct WebhookVerifier: Sendable {
    /// What came in the three headers, as it came; nil where one is not there.
    public struct Headers: Sendable {
        public let id: String?
        public let timestamp: String?
        public let signatures: String?

        public init(id: String?, timestamp: String?, signatures: String?) {
            self.id = id
            self.timestamp = timestamp
            self.signatures = signatures
        }
    }

    /// Why a webhook was not believed.
    public enum Refusal: Error, Hashable, Sendable {
        /// A header is not there, or is none.
        case incomplete(String)
        /// No signature is by one of the secrets over what came.
        case unsigned
        /// It was signed longer ago than is allowed; it may be a replay.
        case tooOld
        /// It was signed later than it can be.
        case ahead
    }

    /// How far its timestamp may be from now, either way.
    public static let tolerance = Span.minutes(5)
    /// Signatures that are looked at; during a rotation two are sent.
    private static let maximumSignatures = 16
    private static let maximumLength = 256

    private let keys: [WebhookSignature]
    private let tolerance: Span

    /// - Parameter keys: One; during a rotation the new and the old. None believes nobody.
    public init(_ keys: [WebhookSignature], tolerance: Span = WebhookVerifier.tolerance) {
        self.keys = keys
        self.tolerance = tolerance
    }

    /// Returns the webhook's id, unique for its sender, once it is known to be a sender's who has a secret, and recent.
    ///
    /// How long it takes does not depend on how much of a signature is right, nor on which secret it is by.
    public func verify(_ headers: Headers, body: [UInt8], at now: Instant) throws(Refusal) -> String {
        guard let id = headers.id, !id.isEmpty, id.utf8.count <= Self.maximumLength,
            id.utf8.allSatisfy({ $0 > 0x20 && $0 < 0x7F })
        else { throw .incomplete("webhook-id") }
        // Digits alone: then no other id, time and body are signed as the same text.
        guard let text = headers.timestamp, text.utf8.count <= 12, text.utf8.allSatisfy({ (0x30...0x39).contains($0) }),
            let seconds = Int64(text)
        else { throw .incomplete("webhook-timestamp") }
        let presented = (headers.signatures ?? "").utf8.split(separator: UInt8(ascii: " "))
            .filter { $0.starts(with: "v1,".utf8) }
        guard !presented.isEmpty, presented.count <= Self.maximumSignatures else {
            throw .incomplete("webhook-signature")
        }
        var isSigned = false
        for key in keys {
            let expected = Array(key.sign(id: id, timestamp: text, body: body).utf8)
            for signature in presented where Self.isEqual(expected, Array(signature)) { isSigned = true }
        }
        guard isSigned else { throw .unsigned }
        let age = now - Instant(milliseconds: seconds * 1_000)
        if age > tolerance { throw .tooOld }
        if age.milliseconds < -tolerance.milliseconds { throw .ahead }
        return id
    }

    /// Without an early end.
    private static func isEqual(_ left: [UInt8], _ right: [UInt8]) -> Bool {
        guard left.count == right.count else { return false }
        var difference: UInt8 = 0
        for index in left.indices { difference |= left[index] ^ right[index] }
        return difference == 0
    }
}
