import AccessModel
import AuditTrail
import Definitions
import Foundation
import StrictJSON
import Synchronization
import TestSupport
import Testing

@testable import SignIn

/// Against a real provider, nanoidp.
@Suite("A real provider")
struct RealProviderTests {
    private static func wall() -> Instant { Instant(milliseconds: Int64(Date().timeIntervalSince1970 * 1_000)) }

    private func signIn(_ provider: NanoIDP) -> CommandSignIn {
        let settings = IssuerSettings(provider.url)
        return CommandSignIn(
            client: ProviderClient(issuer: settings, id: NanoIDP.client), keys: IssuerKeys(now: Self.wall),
            http: ProviderHTTP(settings, clock: Self.wall), now: Self.wall, random: SecretBytes.make)
    }

    @Test("the command line signs in, with a browser and on a device") func commandLine() async throws {
        guard let provider = try await NanoIDP.start() else { return }
        defer { provider.stop() }
        let byBrowser = try await signIn(provider).inBrowser(patience: .seconds(30)) { address in
            Task {
                let back = try provider.agree(to: address) ?? ""
                _ = try CommandLineTool.run("curl", ["-s", "-o", "/dev/null", "--max-time", "5", back])
            }
        }
        #expect(byBrowser.subject == NanoIDP.user)
        let byDevice = try await signIn(provider).onDevice { prompt in
            Task { try provider.enter(prompt.code) }
        }
        #expect(byDevice.subject == NanoIDP.user && byDevice.expires != nil)
        // Its access token is one that the API takes, by the address that the provider gives beside it.
        let keys = IssuerKeys(now: Self.wall)
        let check = BearerCheck(
            mint: try TokenMint(
                server: "https://tenure.example.com",
                keys: [try TokenKey(derivedFrom: SecretText("secret"), generation: 1)], newID: { "tok" }),
            provider: BearerCheck.ProviderRules(
                issuer: IssuerSettings(provider.url), audience: NanoIDP.client, clients: [], personClaim: .email),
            keys: keys,
            information: UserInformation(
                issuer: IssuerSettings(provider.url), keys: keys,
                http: ProviderHTTP(IssuerSettings(provider.url), clock: Self.wall), now: Self.wall),
            roster: {
                let person = BearerCheckTests.state(NanoIDP.user, NanoIDP.email)
                return Roster([person])
            }, organization: { nil }, now: Self.wall)
        #expect(
            try await check.judge(byDevice.accessToken.reveal())
                == .accepted(.person(Sample.id(NanoIDP.user), .token)))
        #expect(try await signIn(provider).revoke(byDevice))
    }

    @Test("a browser signs in, by the address that the provider has verified") func browser() async throws {
        guard let provider = try await NanoIDP.start() else { return }
        defer { provider.stop() }
        let settings = IssuerSettings(provider.url)
        try await withTemporaryDatabase { database in
            let desk = SessionDesk(database: database, now: Self.wall, random: SecretBytes.make)
            let signIn = BrowserSignIn(
                client: ProviderClient(issuer: settings, id: NanoIDP.client),
                redirect: "http://127.0.0.1:1/login/callback", keys: IssuerKeys(now: Self.wall),
                http: ProviderHTTP(settings, clock: Self.wall), desk: desk, personClaim: .email,
                roster: { BearerCheckTests.roster })
            let departure = try await signIn.depart(to: "/")
            let back = try #require(try provider.agree(to: departure.address))
            let query = try #require(FormBody(Array(back.split(separator: "?")[1].utf8)))
            let arrival = try await signIn.arrive(
                query, cookie: departure.cookie.reveal(),
                from: RequestOrigin(peer: "127.0.0.1", correlation: "req-1"))
            guard case .signedIn(let begun, _) = arrival else {
                Issue.record("\(arrival)")
                return
            }
            #expect(begun.session.person == Sample.id("e-0001"))
        }
    }
}
