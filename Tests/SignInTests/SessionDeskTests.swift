import AccessModel
import AuditTrail
import Persistence
import StrictJSON
import Synchronization
import TestSupport
import Testing

@testable import SignIn

@Suite("Sessions of browsers")
struct SessionDeskTests {
    private static let origin = RequestOrigin(peer: "127.0.0.1", correlation: "req-1")
    private static let person = Sample.id("e-0001")

    private func world(_ body: (SessionDesk, SimulatedClock, any Database) async throws -> Void) async throws {
        let clock = SimulatedClock(Sample.now)
        try await withTemporaryDatabase { database in
            let desk = SessionDesk(database: database, now: { clock.now() }, random: SecretBytes.make)
            try await body(desk, clock, database)
        }
    }

    private func begin(_ desk: SessionDesk) async throws -> SessionDesk.Begun {
        try await desk.begin(
            Self.person, SessionDesk.Provenance(.session, issuer: "https://idp", subject: "s"), from: Self.origin)
    }

    private func records(_ database: any Database) async throws -> [Record] {
        try await database.read { session in try AuditLog(session).entries(AuditLog.Filter()).map(\.record) }
    }

    @Test("whoever has the cookie is known, and nobody else") func known() async throws {
        try await world { desk, _, database in
            let begun = try await begin(desk)
            let cookie = begun.secret.reveal()
            #expect(try await desk.find(cookie) { _ in true } == begun.session)
            for other in [
                "", "x", String(cookie.dropLast()), SecretDigest.hex(of: cookie), Base64URL.encode(SecretBytes.make()),
            ] {
                #expect(try await desk.find(other, isActive: { _ in true }) == nil)
            }
            // What the tables and the log hold opens nothing.
            let stored = try await database.read { session in
                try session.query("SELECT id FROM sessions").map { try $0.text(0) }
            }
            let log = try await records(database).map { $0.json.compactText }.joined()
            #expect(stored == [SecretDigest.hex(of: cookie)] && !log.contains(cookie) && !log.contains(stored[0]))
        }
    }

    @Test("it ends by its time, and sooner where nobody uses it") func over() async throws {
        try await world { desk, clock, _ in
            let (used, idle) = (try await begin(desk).secret.reveal(), try await begin(desk).secret.reveal())
            for _ in 0..<9 {
                clock.advance(by: .minutes(50))
                #expect(try await desk.find(used, isActive: { _ in true }) != nil)
            }
            #expect(try await desk.find(idle, isActive: { _ in true }) == nil)
            clock.advance(by: .minutes(30))
            #expect(try await desk.find(used, isActive: { _ in true }) == nil)
        }
    }

    @Test("signing out ends it, once") func signedOut() async throws {
        try await world { desk, _, database in
            let cookie = try await begin(desk).secret.reveal()
            try await desk.end(cookie)
            try await desk.end(cookie)
            #expect(try await desk.find(cookie, isActive: { _ in true }) == nil)
            #expect(try await records(database).map(\.known) == [.sessionBegan, .sessionEnded])
        }
    }

    @Test("a leaver's sessions are dead at once, all of them") func leaver() async throws {
        try await world { desk, _, database in
            let cookies = [try await begin(desk).secret.reveal(), try await begin(desk).secret.reveal()]
            let other = try await desk.begin(
                Sample.id("e-0002"), SessionDesk.Provenance(.session), from: Self.origin)
            #expect(try await desk.endSessions(of: Self.person, reason: "left") == 2)
            for cookie in cookies { #expect(try await desk.find(cookie, isActive: { _ in true }) == nil) }
            #expect(try await desk.find(other.secret.reveal(), isActive: { _ in true }) != nil)
            #expect(try await desk.endSessions(of: Self.person, reason: "left") == 0)
            let record = try #require(try await records(database).last)
            #expect(record.known == .sessionEnded && record.subject == "e-0001")
            #expect(record.body["sessions"]?.array?.count == 2 && record.body["reason"] == "left")
        }
    }

    @Test("also where nobody ended them yet") func gone() async throws {
        try await world { desk, _, _ in
            let cookie = try await begin(desk).secret.reveal()
            #expect(try await desk.find(cookie, isActive: { _ in false }) == nil)
            // Whoever comes back signs in again.
            #expect(try await desk.find(cookie, isActive: { _ in true }) == nil)
        }
    }

    @Test("cookies are for this host, and for no script") func cookies() {
        let secret = SecretText("v")
        let encrypted = SessionCookie.session(isEncrypted: true)
        #expect(
            encrypted.set(secret, for: .hours(1))
                == "__Host-tenure-session=v; Max-Age=3600; Path=/; HttpOnly; SameSite=Lax; Secure")
        #expect(encrypted.cleared.hasPrefix("__Host-tenure-session=; Max-Age=0"))
        let plain = SessionCookie.session(isEncrypted: false)
        #expect(plain.set(secret, for: .hours(1)) == "tenure-session=v; Max-Age=3600; Path=/; HttpOnly; SameSite=Lax")
        #expect(encrypted.value(in: "a=b; __Host-tenure-session=v; c=d") == "v")
        #expect(encrypted.value(in: "tenure-session=v") == nil)
        // One of two was set by somebody else.
        #expect(encrypted.value(in: "__Host-tenure-session=v; __Host-tenure-session=w") == nil)
        #expect(encrypted.value(in: nil) == nil && encrypted.value(in: "__Host-tenure-session=") == nil)
    }

    @Test("another site cannot make a browser change anything (GHSA-7xp2-7fx4-46xp)") func forgery() async throws {
        try await world { desk, _, _ in
            let (mine, theirs) = (try await begin(desk).session, try await begin(desk).session)
            let server = "https://tenure.example.com"
            let check = RequestForgeryCheck(server: server)
            func refusal(
                _ method: String = "POST", origin: String? = server, site: String? = "same-origin",
                token: String? = mine.forgeryToken
            ) -> RequestForgeryCheck.Refusal? {
                check.refusal(method: method, origin: origin, fetchSite: site, token: token, session: mine)
            }
            #expect(refusal() == nil && refusal(site: nil) == nil && refusal(origin: nil) == nil)
            #expect(refusal("GET", origin: nil, site: "cross-site", token: nil) == nil)
            #expect(refusal("DELETE", token: nil) == .noToken && refusal("PUT", token: "") == .noToken)
            #expect(refusal(token: theirs.forgeryToken) == .wrongToken && refusal(token: "x") == .wrongToken)
            #expect(refusal(origin: nil, site: nil) == .noOrigin)
            for site in ["cross-site", "same-site", "none"] { #expect(refusal(site: site) == .otherOrigin) }
            for origin in [
                "null", "https://tenure.example.com.attacker.example", "http://tenure.example.com",
                "https://tenure.example.com:8443", "https://TENURE.example.com", "https://tenure.example.com/",
            ] {
                #expect(refusal(origin: origin) == .otherOrigin, "\(origin)")
            }
        }
    }

    @Test("a bootstrap link works once") func bootstrap() async throws {
        try await world { desk, _, database in
            let link = try await desk.makeBootstrapLink(for: Self.person, actor: "local:root")
            let secret = link.secret.reveal()
            let begun = try await desk.useBootstrapLink(secret, isLoopback: true, from: Self.origin)
            #expect(begun?.session.person == Self.person && begun?.session.proof == .bootstrap)
            let cookie = try #require(begun?.secret.reveal())
            #expect(try await desk.find(cookie, isActive: { _ in true })?.proof == .bootstrap)
            #expect(try await desk.useBootstrapLink(secret, isLoopback: true, from: Self.origin) == nil)
            let log = try await records(database)
            #expect(log.map(\.known) == [.bootstrapCreated, .sessionBegan, .signInRefused])
            let tables = try await database.read { session in
                try session.query("SELECT id FROM bootstrap_links").map { try $0.text(0) }.joined()
            }
            #expect(!tables.contains(secret) && !log.map { $0.json.compactText }.joined().contains(secret))
        }
    }

    @Test("not from another machine, not after its time, not once there is another") func refusedLink() async throws {
        try await world { desk, clock, _ in
            let first = try await desk.makeBootstrapLink(for: Self.person, actor: "local:root").secret.reveal()
            #expect(try await desk.useBootstrapLink(first, isLoopback: false, from: Self.origin) == nil)
            let second = try await desk.makeBootstrapLink(for: Self.person, actor: "local:root").secret.reveal()
            #expect(try await desk.useBootstrapLink(first, isLoopback: true, from: Self.origin) == nil)
            for other in ["", "x", SecretDigest.hex(of: second)] {
                #expect(try await desk.useBootstrapLink(other, isLoopback: true, from: Self.origin) == nil)
            }
            clock.advance(by: .minutes(15))
            #expect(try await desk.useBootstrapLink(second, isLoopback: true, from: Self.origin) == nil)
            let third = try await desk.makeBootstrapLink(for: Self.person, actor: "local:root").secret.reveal()
            #expect(try await desk.useBootstrapLink(third, isLoopback: true, from: Self.origin) != nil)
        }
    }

    @Test("two who use one link at the same time: one is in") func race() async throws {
        try await world { desk, _, _ in
            let secret = try await desk.makeBootstrapLink(for: Self.person, actor: "local:root").secret.reveal()
            let count = try await withThrowingTaskGroup(of: Bool.self) { group in
                for _ in 0..<8 {
                    group.addTask {
                        try await desk.useBootstrapLink(secret, isLoopback: true, from: Self.origin) != nil
                    }
                }
                return try await group.reduce(0) { $0 + ($1 ? 1 : 0) }
            }
            #expect(count == 1)
        }
    }
}
