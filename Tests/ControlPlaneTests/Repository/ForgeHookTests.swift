import AccessModel
import Crypto
import Forges
import Foundation
import HTTPTypes
import Notices
import Testing
import WebServer

@testable import ControlPlane

/// A hook wakes the follower where it is known to be the forge's, and does nothing else.
@Suite struct ForgeHookTests {
    private static let now = Instant(milliseconds: 1_795_251_600_000)
    private static let body = Array(#"{"ref":"refs/heads/main","after":"https://evil.example"}"#.utf8)

    private func request(_ fields: [String: String], body: [UInt8] = body) throws -> WebRequest {
        var headers = HTTPFields()
        for (name, value) in fields {
            headers.append(HTTPField(name: try #require(HTTPField.Name(name)), value: value))
        }
        return WebRequest(
            method: .post, path: ["hooks", "git"], headers: headers, body: body, correlation: "r",
            peer: WebPeer(address: "127.0.0.1", isLoopback: true))
    }

    private func hub(_ secret: String, _ body: [UInt8] = body) -> String {
        let code = HMAC<SHA256>.authenticationCode(for: Data(body), using: SymmetricKey(data: Data(secret.utf8)))
        return "sha256=" + code.map { String($0 >> 4, radix: 16) + String($0 & 15, radix: 16) }.joined()
    }

    private func answer(
        _ kind: ForgePlace.Kind, _ secrets: [String], _ fields: [String: String], body: [UInt8] = body
    ) async throws -> (status: Int, rang: Bool) {
        let bell = WorkBell()
        let routes = GitHookRoutes(
            try ForgeHook(kind, secrets: secrets.map { SecretText($0) }), now: { Self.now }, bell: bell)
        let route = try #require(routes.routes.first)
        let status: Int
        do {
            status = try await route.handler(try request(fields, body: body)).status.code
        } catch let problem as Problem {
            status = problem.status.code
        }
        let clock = ContinuousClock()
        let began = clock.now
        try await bell.wait(for: .milliseconds(300))
        return (status, clock.now - began < .milliseconds(250))
    }

    @Test func ofGitHub() async throws {
        let push = ["x-github-event": "push"]
        func signed(_ secret: String, _ more: [String: String] = push) -> [String: String] {
            more.merging(["x-hub-signature-256": hub(secret)]) { old, _ in old }
        }
        let good = try await answer(.github, ["new-secret", "old-secret"], signed("old-secret"))
        #expect(good.status == 202 && good.rang)
        // Sent again it is another look.
        let again = try await answer(.github, ["new-secret"], signed("new-secret", ["x-github-event": "pull_request"]))
        #expect(again.status == 202 && again.rang)
        for event in ["ping", "star", ""] {
            let unknown = try await answer(.github, ["s"], signed("s", ["x-github-event": event]))
            #expect(unknown.status == 204 && !unknown.rang)
        }
        for bad in [
            push, signed("another"), push.merging(["x-hub-signature": hub("s")]) { old, _ in old },
            push.merging(["x-hub-signature-256": "sha256="]) { old, _ in old },
            push.merging(["x-hub-signature-256": hub("s").uppercased()]) { old, _ in old },
            push.merging(["x-gitlab-token": "s"]) { old, _ in old },
        ] {
            let refused = try await answer(.github, ["s"], bad)
            #expect(refused.status == 401 && !refused.rang, "\(bad)")
        }
        // The signature is of other bytes.
        let changed = try await answer(.github, ["s"], signed("s"), body: Self.body + [0x20])
        #expect(changed.status == 401 && !changed.rang)
    }

    @Test func ofGitLab() async throws {
        let push = ["x-gitlab-event": "Push Hook"]
        let good = try await answer(
            .gitlab, ["s3cret"], push.merging(["x-gitlab-token": "s3cret"]) { old, _ in old })
        #expect(good.status == 202 && good.rang)
        for bad in ["", "s3cre", "s3cret1", "S3cret"] {
            let refused = try await answer(.gitlab, ["s3cret"], push.merging(["x-gitlab-token": bad]) { old, _ in old })
            #expect(refused.status == 401 && !refused.rang)
        }
        let none = try await answer(.gitlab, [], push.merging(["x-gitlab-token": ""]) { old, _ in old })
        #expect(none.status == 401 && !none.rang)
    }

    @Test func signedByGitLab() async throws {
        let secret = "whsec_" + Data((0..<32).map { UInt8($0) }).base64EncodedString()
        let signature = try WebhookSignature(secret: SecretText(secret), of: try ServerConfiguration.reader())
        func fields(_ at: Int64) -> [String: String] {
            [
                "x-gitlab-event": "Merge Request Hook", "webhook-id": "m1", "webhook-timestamp": "\(at)",
                "webhook-signature": signature.sign(id: "m1", timestamp: at, body: Self.body),
            ]
        }
        let at = Self.now.milliseconds / 1_000
        let good = try await answer(.gitlab, [secret], fields(at))
        #expect(good.status == 202 && good.rang)
        let old = try await answer(.gitlab, [secret], fields(at - 600))
        #expect(old.status == 401 && !old.rang)
        // A signing token is never taken as if it were a secret token.
        let shown = try await answer(
            .gitlab, [secret], ["x-gitlab-event": "Push Hook", "x-gitlab-token": secret])
        #expect(shown.status == 401 && !shown.rang)
    }
}
