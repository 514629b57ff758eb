import AccessModel
import Crypto
import Forges
import Foundation
import Notices
import WebServer

/// Tells a forge's push hook from everybody else's requests, before anything of it is read.
public struct ForgeHook: Sendable {
    /// Why one was not believed.
    enum Refusal: Error, Hashable {
        case unsigned
        case old
    }

    private let kind: ForgePlace.Kind
    private let secrets: [SecretText]
    private let signed: WebhookVerifier?

    /// - Parameter secrets: One; during a rotation the new and the old. Of GitLab one that begins with `whsec_` is a
    ///   signing token, else it is the secret token.
    public init(_ kind: ForgePlace.Kind, secrets: [SecretText]) throws {
        self.kind = kind
        let signing = kind == .gitlab ? secrets.filter { $0.reveal().hasPrefix("whsec_") } : []
        self.secrets = secrets.filter { secret in !signing.contains { $0.reveal() == secret.reveal() } }
        let reader = try ServerConfiguration.reader()
        let keys = try signing.map { try WebhookSignature(secret: $0, of: reader) }
        signed = keys.isEmpty ? nil : WebhookVerifier(keys)
    }

    func verify(_ request: WebRequest, at now: Instant) throws(Refusal) {
        switch kind {
        case .github: try verifyHub(request)
        case .gitlab: try verifyToken(request, at: now)
        }
    }

    /// HMAC-SHA256 over the body, in hex.
    private func verifyHub(_ request: WebRequest) throws(Refusal) {
        guard let header = request.field("x-hub-signature-256"), header.utf8.count == 71,
            header.hasPrefix("sha256=")
        else { throw .unsigned }
        let presented = Array(header.utf8.dropFirst(7))
        var isSigned = false
        for secret in secrets {
            let key = SymmetricKey(data: Data(secret.reveal().utf8))
            let code = HMAC<SHA256>.authenticationCode(for: Data(request.body), using: key)
            var expected: [UInt8] = []
            for byte in code { expected += [Self.digits[Int(byte >> 4)], Self.digits[Int(byte & 15)]] }
            if Self.isEqual(expected, presented) { isSigned = true }
        }
        guard isSigned else { throw .unsigned }
    }

    private static let digits = Array("0123456789abcdef".utf8)

    /// GitLab sends the secret itself, or signs as Standard Webhooks has it.
    private func verifyToken(_ request: WebRequest, at now: Instant) throws(Refusal) {
        if let signed {
            let headers = WebhookVerifier.Headers(
                id: request.field("webhook-id"), timestamp: request.field("webhook-timestamp"),
                signatures: request.field("webhook-signature"))
            do throws(WebhookVerifier.Refusal) {
                _ = try signed.verify(headers, body: request.body, at: now)
                return
            } catch {
                guard error == .incomplete("webhook-signature") || error == .incomplete("webhook-id") else {
                    throw error == .tooOld || error == .ahead ? Refusal.old : Refusal.unsigned
                }
            }
        }
        let presented = SHA256.hash(data: Data((request.field("x-gitlab-token") ?? "").utf8))
        var isKnown = false
        for secret in secrets {
            // Of the same length whatever was sent.
            let expected = SHA256.hash(data: Data(secret.reveal().utf8))
            if Self.isEqual(Array(expected), Array(presented)) { isKnown = true }
        }
        guard isKnown else { throw .unsigned }
    }

    /// Without an early end.
    private static func isEqual(_ left: [UInt8], _ right: [UInt8]) -> Bool {
        guard left.count == right.count else { return false }
        var difference: UInt8 = 0
        for index in left.indices { difference |= left[index] ^ right[index] }
        return difference == 0
    }
}
