import Crypto
import Foundation

/// Who sends HR's webhooks: signs as Standard Webhooks has it.
public struct HRSender: Sendable {
    /// As `hr.secrets` wants it.
    public static let secret = "whsec_AAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8="

    /// The time that is signed, in seconds.
    public let clock: @Sendable () -> Int

    public init(clock: @escaping @Sendable () -> Int = { Int(Date.now.timeIntervalSince1970) }) { self.clock = clock }

    public func headers(id: String, body: String, isBatch: Bool = false) -> [String: String] {
        let timestamp = clock()
        let key = SymmetricKey(data: Data(base64Encoded: String(Self.secret.dropFirst("whsec_".count))) ?? Data())
        let signed = Data("\(id).\(timestamp).\(body)".utf8)
        let code = Data(HMAC<SHA256>.authenticationCode(for: signed, using: key)).base64EncodedString()
        return [
            "Content-Type": "application/cloudevents\(isBatch ? "-batch" : "")+json", "webhook-id": id,
            "webhook-timestamp": "\(timestamp)", "webhook-signature": "v1,\(code)",
        ]
    }

    public func send(
        _ body: String, id: String, isBatch: Bool = false, on connection: HTTPConnection
    ) async throws -> HTTPConnection.Answer {
        try await connection.ask(
            "POST", "/hooks/hr", headers: headers(id: id, body: body, isBatch: isBatch), body: body)
    }
}
