import AccessModel
import ConnectorKit
import Crypto
import Foundation

/// Signs as Standard Webhooks 1.0 does: HMAC-SHA256 over `ID.TIMESTAMP.BODY`, with a secret written `whsec_BASE64`.
public struct WebhookSignature: Sendable, CustomReflectable {
    private let key: SymmetricKey

    /// - Throws: A `configuration` error without a word of the secret, unless it is `whsec_` and the base64 of 24 to 64
    ///   bytes.
    public init(secret: SecretText, of channel: Slug) throws(ConnectorError) {
        let text = secret.reveal()
        guard text.hasPrefix(Self.marker), let bytes = Data(base64Encoded: String(text.dropFirst(Self.marker.count))),
            (24...64).contains(bytes.count)
        else {
            throw ConnectorError(
                code: .configuration, operation: "read the secret of \(channel)",
                message: "it is not `whsec_` and the base64 of 24 to 64 random bytes")
        }
        key = SymmetricKey(data: bytes)
    }

    /// What goes into `webhook-signature`: `v1,BASE64`.
    public func sign(id: String, timestamp: Int64, body: [UInt8]) -> String {
        sign(id: id, timestamp: String(timestamp), body: body)
    }

    /// - Parameter timestamp: As it is sent, which may begin with zeros.
    func sign(id: String, timestamp: String, body: [UInt8]) -> String {
        var code = HMAC<SHA256>(key: key)
        code.update(data: Array("\(id).\(timestamp).".utf8))
        code.update(data: body)
        return "v1," + Data(code.finalize()).base64EncodedString()
    }

    public var customMirror: Mirror { Mirror(self, children: []) }

    private static let marker = "whsec_"
}
