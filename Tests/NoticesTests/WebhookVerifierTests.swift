import AccessModel
import ConnectorKit
import TestSupport
import Testing

@testable import Notices

@Suite("Webhooks that come in") struct WebhookVerifierTests {
    private static let secret = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw"
    private static let other = "whsec_AAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8="
    private static let body = Array(#"{"test": 2432232314}"#.utf8)
    private static let signedAt = Instant(milliseconds: 1_614_265_330_000)
    private static let known = "v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE="

    private func verifier(_ secrets: String...) throws -> WebhookVerifier {
        WebhookVerifier(
            try secrets.map { try WebhookSignature(secret: SecretText($0), of: Sample.slug("hr")) })
    }

    private func outcome(
        _ verifier: WebhookVerifier, id: String? = "msg_p5jXN8AQM9LWM0D4loKWxJek", timestamp: String? = "1614265330",
        signatures: String? = known, body: [UInt8] = body, at moment: Instant = signedAt
    ) -> Result<String, WebhookVerifier.Refusal> {
        do throws(WebhookVerifier.Refusal) {
            let headers = WebhookVerifier.Headers(id: id, timestamp: timestamp, signatures: signatures)
            return .success(try verifier.verify(headers, body: body, at: moment))
        } catch {
            return .failure(error)
        }
    }

    @Test func theKnownExampleIsBelieved() throws {
        #expect(try outcome(verifier(Self.secret)) == .success("msg_p5jXN8AQM9LWM0D4loKWxJek"))
    }

    @Test func duringARotationEitherSecretDoes() throws {
        #expect(try outcome(verifier(Self.other, Self.secret)) == .success("msg_p5jXN8AQM9LWM0D4loKWxJek"))
        let several = "v1a,xyz v1,AAAA \(Self.known)"
        #expect(try outcome(verifier(Self.secret), signatures: several) == .success("msg_p5jXN8AQM9LWM0D4loKWxJek"))
    }

    @Test func whatIsNotSignedIsRefused() throws {
        let verifier = try verifier(Self.secret)
        #expect(try outcome(self.verifier(Self.other)) == .failure(.unsigned))
        #expect(outcome(WebhookVerifier([])) == .failure(.unsigned))
        #expect(outcome(verifier, id: "msg_other") == .failure(.unsigned))
        #expect(outcome(verifier, timestamp: "1614265331") == .failure(.unsigned))
        #expect(outcome(verifier, body: Self.body + [0x20]) == .failure(.unsigned))
        // Every single character counts, the padding among them.
        for index in Self.known.utf8.indices.dropFirst(3) {
            var bytes = Array(Self.known.utf8)
            let offset = Self.known.utf8.distance(from: Self.known.utf8.startIndex, to: index)
            bytes[offset] = bytes[offset] == UInt8(ascii: "A") ? UInt8(ascii: "B") : UInt8(ascii: "A")
            #expect(
                outcome(verifier, signatures: String(decoding: bytes, as: UTF8.self)) == .failure(.unsigned))
        }
        #expect(outcome(verifier, signatures: String(Self.known.dropLast())) == .failure(.unsigned))
    }

    @Test func whatIsMissingOrMalformedIsNamed() throws {
        let verifier = try verifier(Self.secret)
        #expect(outcome(verifier, id: nil) == .failure(.incomplete("webhook-id")))
        #expect(outcome(verifier, id: "a b") == .failure(.incomplete("webhook-id")))
        #expect(outcome(verifier, id: String(repeating: "x", count: 257)) == .failure(.incomplete("webhook-id")))
        for timestamp in [nil, "", "-1614265330", "1614265330.5", "+1614265330", "99999999999999999999"] {
            #expect(outcome(verifier, timestamp: timestamp) == .failure(.incomplete("webhook-timestamp")))
        }
        for signatures in [nil, "", "v1a,abc", "v1", String(repeating: "v1,A ", count: 17)] {
            #expect(outcome(verifier, signatures: signatures) == .failure(.incomplete("webhook-signature")))
        }
    }

    @Test func onlyWhatIsRecentIsBelieved() throws {
        let verifier = try verifier(Self.secret)
        func at(_ seconds: Int64) -> Result<String, WebhookVerifier.Refusal> {
            outcome(verifier, at: Self.signedAt + .seconds(seconds))
        }
        #expect(at(300) == .success("msg_p5jXN8AQM9LWM0D4loKWxJek"))
        #expect(at(301) == .failure(.tooOld))
        #expect(at(-300) == .success("msg_p5jXN8AQM9LWM0D4loKWxJek"))
        #expect(at(-301) == .failure(.ahead))
    }
}
