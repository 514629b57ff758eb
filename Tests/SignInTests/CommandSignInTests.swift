import AccessModel
import Foundation
import StrictJSON
import Synchronization
import TestSupport
import Testing

@testable import SignIn

/// A command line at a provider.
@Suite("Sign-in of the command line")
struct CommandSignInTests {
    private func signIn(_ issuer: TestIssuer, _ clock: SimulatedClock) -> CommandSignIn {
        let settings = IssuerSettings(issuer.url)
        return CommandSignIn(
            client: ProviderClient(issuer: settings, id: "tenure-cli"), keys: IssuerKeys(now: { clock.now() }),
            http: ProviderHTTP(settings, clock: { clock.now() }), now: { clock.now() }, random: SecretBytes.make,
            sleep: { try await clock.sleep(until: clock.now() + $0) })
    }

    private func world(_ body: (TestIssuer, CommandSignIn, SimulatedClock) async throws -> Void) async throws {
        let clock = SimulatedClock(Sample.now)
        let issuer = try TestIssuer(["ES256"], now: { clock.now() })
        try await body(issuer, signIn(issuer, clock), clock)
    }

    @Test("on another device, at the pace that the provider asks for") func device() async throws {
        try await world { issuer, signIn, clock in
            issuer.change { $0.errors = ["authorization_pending", "slow_down", "authorization_pending"] }
            let prompts = Mutex<[DevicePrompt]>([])
            let grant = try await signIn.onDevice { prompt in prompts.withLock { $0.append(prompt) } }
            #expect(prompts.withLock { $0.map(\.code) } == ["WDJB-MJHT"])
            #expect(grant.email == "ana@mountainlab.io" && grant.subject == "user-1")
            #expect(grant.expires == clock.now() + .seconds(300))
            // 5, 5, then five seconds more (RFC 8628, 3.5).
            #expect(clock.slept.map { ($0 - Sample.now).seconds } == [5, 10, 20, 30])
            let asked = issuer.requests.filter { $0.path == "/token" }
            #expect(asked.count == 4 && asked.allSatisfy { $0.body.contains("device_code=device-1") })
        }
    }

    @Test(
        "nobody enters the code, or somebody says no", arguments: ["access_denied", "expired_token", "invalid_client"])
    func deviceRefused(_ error: String) async throws {
        try await world { issuer, signIn, _ in
            issuer.change { $0.errors = [error] }
            let thrown = await #expect(throws: SignInError.self) { try await signIn.onDevice { _ in } }
            #expect(thrown?.code == .refused)
        }
    }

    @Test("a code that nobody enters is not waited for for ever") func deviceExpires() async throws {
        try await world { issuer, signIn, clock in
            issuer.change { $0.errors = Array(repeating: "authorization_pending", count: 500) }
            await #expect(throws: SignInError.self) { try await signIn.onDevice { _ in } }
            #expect(clock.now() - Sample.now <= .seconds(610))
        }
    }

    /// Plays the browser: asks for the address that the provider sends it back to, changed as told.
    private func browse(
        _ issuer: TestIssuer, _ address: String, _ change: @escaping @Sendable (String) -> [String] = { [$0] }
    ) {
        Task {
            guard let back = issuer.agree(to: address) else { return }
            for target in change(back) {
                _ = try CommandLineTool.run("curl", ["-s", "-o", "/dev/null", "--max-time", "5", target])
            }
        }
    }

    @Test("in this machine's browser, on a port of the loopback") func browser() async throws {
        try await world { issuer, signIn, _ in
            let seen = Mutex("")
            let grant = try await signIn.inBrowser(patience: .seconds(20)) { address in
                seen.withLock { $0 = address }
                browse(issuer, address) { back in
                    // What any program on this machine could send comes first, and is passed over.
                    let port = back.split(separator: "/")[1]
                    return [
                        "http://\(port)/callback?code=evil&state=wrong", "http://\(port)/callback", "http://\(port)/",
                        back.replacing("/callback?", with: "/other?"), back,
                    ]
                }
            }
            #expect(grant.email == "ana@mountainlab.io" && !grant.accessToken.isEmpty)
            let items = URLComponents(string: seen.withLock { $0 })?.queryItems ?? []
            let redirect = items.first { $0.name == "redirect_uri" }?.value ?? ""
            #expect(redirect.hasPrefix("http://127.0.0.1:") && redirect.hasSuffix("/callback"))
            #expect(items.contains { $0.name == "code_challenge_method" && $0.value == "S256" })
        }
    }

    @Test("an ID token of another sign-in, or none, is no sign-in") func identity() async throws {
        try await world { issuer, signIn, _ in
            issuer.change { $0.alter = { $0["nonce"] = "other" } }
            let error = await #expect(throws: SignInError.self) {
                try await signIn.inBrowser(patience: .seconds(20)) { browse(issuer, $0) }
            }
            #expect(error?.message.contains("nonce") == true)
            issuer.change { $0.sendsIdentityToken = false }
            await #expect(throws: SignInError.self) {
                try await signIn.inBrowser(patience: .seconds(20)) { browse(issuer, $0) }
            }
        }
    }

    @Test("a browser that never comes back is not waited for for ever") func patience() async throws {
        try await world { _, signIn, _ in
            let error = await #expect(throws: SignInError.self) {
                try await signIn.inBrowser(patience: Span(milliseconds: 50)) { _ in }
            }
            #expect(error?.message.contains("nobody signed in") == true)
        }
    }

    @Test("what was given is given back") func revoked() async throws {
        try await world { issuer, signIn, _ in
            let grant = try await signIn.onDevice { _ in }
            #expect(try await signIn.revoke(grant))
            let asked = issuer.requests.filter { $0.path == "/revoke" }.map(\.body)
            #expect(asked.count == 2 && asked[0].contains("canary-refresh-token"))
        }
    }

    @Test("a grant is kept whole, and shown without its tokens") func stored() async throws {
        try await world { _, signIn, _ in
            let grant = try await signIn.onDevice { _ in }
            let text = grant.secretJSON.reveal()
            let again = try #require(SignInGrant(stored: Array(text.utf8)))
            #expect(again.secretJSON.reveal() == text && again.json == grant.json)
            var dumped = ""
            dump(grant, to: &dumped)
            #expect(!grant.json.compactText.contains("canary") && !dumped.contains("canary"))
            for other in ["", "{}", "[]", text + "x"] { #expect(SignInGrant(stored: Array(other.utf8)) == nil) }
        }
    }
}
