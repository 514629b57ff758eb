import AccessModel
import ConnectorKit
import Foundation
import PostgreSQLConnector
import Synchronization
import TestSupport
import Testing

extension PostgreSQLConnectorTests {
    @Suite struct Accounts {
        @Test func theRoleNeedsNoMoreThanTheReadmeSays() async throws {
            guard let place = try TargetPlace.shared() else { return }
            let connector = try place.connector()
            let health = try await connector.check()
            #expect(health.description.contains("as tenure_access"))
            let rights = try place.admin(
                """
                SELECT rolsuper, rolcreaterole, rolcreatedb, rolreplication, rolbypassrls FROM pg_roles
                WHERE rolname = 'tenure_access'
                """)
            #expect(rights == "f|t|f|f|f")
            // Each of them is needed: without it the check says so.
            for (taken, given) in [
                ("REVOKE pg_signal_backend FROM tenure_access", "GRANT pg_signal_backend TO tenure_access"),
                ("REVOKE shop_owner FROM tenure_access", "GRANT shop_owner TO tenure_access"),
                ("ALTER ROLE tenure_access NOCREATEROLE", "ALTER ROLE tenure_access CREATEROLE"),
            ] {
                try place.admin(taken)
                await #expect(throws: ConnectorError.self) { _ = try await connector.check() }
                try place.admin(given)
            }
            _ = try await connector.check()
            await connector.close()
        }

        @Test func aLeaverIsOutAndTheSessionsEnd() async throws {
            guard let place = try TargetPlace.shared() else { return }
            let connector = try place.connector(organization: "leaver")
            let ana = Shop.person("leaver-1")
            try await connector.add(.account(ana))
            try place.admin("ALTER ROLE \"\(ana.name)\" PASSWORD '\(TargetPlace.password)'")
            let (one, two) = (try place.session(as: ana.name), try place.session(as: ana.name))
            let seen = try await connector.observe(
                .only(identities: [ana.identity], accountNames: [], groups: []))
            #expect(seen.facts.count { $0.kind == .session } == 2)

            let receipt = try await connector.set(ana, .disabled)
            #expect(receipt.note.contains("2 sessions ended"), "\(receipt.note)")
            #expect(try place.sessions(of: ana.name) == 0)
            for client in [one, two] { #expect(try client.end().contains("terminating connection")) }
            let state = try place.admin(
                "SELECT rolcanlogin, rolvaliduntil < now() + interval '1 day' FROM pg_roles WHERE rolname = '\(ana.name)'"
            )
            #expect(state == "f|t")
            #expect(try place.run(as: ana.name, "SELECT 1").contains("FATAL"))
            #expect(try await connector.set(ana, .disabled).effect == .alreadyHeld)

            try await connector.set(ana, .active)
            #expect(try place.run(as: ana.name, "SELECT 1") == "1")
            try await connector.remove(.account(ana))
            #expect(try place.admin("SELECT count(*) FROM pg_roles WHERE rolname = '\(ana.name)'") == "0")
            await connector.close()
        }

        @Test func aContractsEndIsTheRolesOwn() async throws {
            guard let place = try TargetPlace.shared() else { return }
            let connector = try place.connector(organization: "contracts")
            var ivo = Shop.person("contract-1")
            let day = try #require(CalendarDay("2099-12-31"))
            ivo.end = .after(day)
            func until() throws -> String {
                try place.admin(
                    "SELECT rolvaliduntil AT TIME ZONE 'UTC' FROM pg_roles WHERE rolname = '\(ivo.name)'")
            }
            func seen() async throws -> Account? {
                let scope = ObservationScope.only(identities: [ivo.identity], accountNames: [], groups: [])
                return try await connector.observe(scope).facts.lazy.compactMap { fact in
                    if case .account(let account) = fact { account } else { nil }
                }.first
            }
            try await connector.add(.account(ivo))
            #expect(try until() == "2100-01-01 12:00:00")
            #expect(try await seen()?.end == .after(day))
            #expect(try await connector.add(.account(ivo)).effect == .alreadyHeld)

            // It is the server that lets nobody in after it.
            try place.admin("ALTER ROLE \"\(ivo.name)\" PASSWORD '\(TargetPlace.password)'")
            #expect(try place.run(as: ivo.name, "SELECT 1") == "1")
            try place.admin("ALTER ROLE \"\(ivo.name)\" VALID UNTIL '2020-01-02 12:00:00+00'")
            #expect(try await seen()?.end == .after(try #require(CalendarDay("2020-01-01"))))
            #expect(try place.run(as: ivo.name, "SELECT 1").contains("FATAL"))
            for (text, end) in [("-infinity", CalendarDay("1970-01-01")), ("20000-01-01", CalendarDay("9999-12-29"))] {
                try place.admin("ALTER ROLE \"\(ivo.name)\" VALID UNTIL '\(text)'")
                #expect(try await seen()?.end == .after(try #require(end)))
            }
            let before = ivo
            ivo.end = nil
            try await connector.apply(.update, .account(ivo), before: .account(before))
            #expect(try until() == "infinity")
            #expect(try await seen()?.end == .never)
            #expect(try place.run(as: ivo.name, "SELECT 1") == "1")
            try await connector.remove(.account(ivo))
            await connector.close()
        }

        @Test func aPasswordThatIsRotatedIsReadForTheNextConnection() async throws {
            guard let place = try TargetPlace.shared() else { return }
            let password = Mutex("canary-first")
            try place.admin("CREATE ROLE tenure_rotated LOGIN CREATEROLE PASSWORD 'canary-first'")
            try place.admin("GRANT pg_signal_backend, shop_owner TO tenure_rotated")
            let connector = try PostgreSQLTarget(
                place.configuration(
                    user: "tenure_rotated", password: "canary-first",
                    readPassword: { SecretText(password.withLock { $0 }) }))
            _ = try await connector.check()
            password.withLock { $0 = "canary-second" }
            try place.admin("ALTER ROLE tenure_rotated PASSWORD 'canary-second'")
            try place.admin(
                "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE usename = 'tenure_rotated'")
            let deadline = ContinuousClock.now + .seconds(30)
            while try place.sessions(of: "tenure_rotated") > 0, ContinuousClock.now < deadline {
                try await Task.sleep(for: .milliseconds(20))
            }
            _ = try await connector.check()
            await connector.close()
            try place.admin("DROP ROLE tenure_rotated")
        }

        @Test func oneSessionIsEndedByItsNumber() async throws {
            guard let place = try TargetPlace.shared() else { return }
            let connector = try place.connector(organization: "sessions")
            let (ana, bob) = (Shop.person("session-1"), Shop.person("session-2"))
            for person in [ana, bob] {
                try await connector.add(.account(person))
                try place.admin("ALTER ROLE \"\(person.name)\" PASSWORD '\(TargetPlace.password)'")
            }
            let (hers, his) = (try place.session(as: ana.name), try place.session(as: bob.name))
            let all = try await connector.observe(.everything)
            let facts = all.facts.filter { $0.kind == .session }
            #expect(facts.count == 2)
            for fact in facts where fact.identity == ana.identity {
                guard case .session(let session) = fact else { continue }
                // Somebody else's number is nobody's session.
                let wrong = Fact.session(Session(identity: bob.identity, id: session.id, until: nil))
                #expect(try await connector.remove(wrong).effect == .alreadyHeld)
                #expect(try await connector.remove(fact).effect == .applied)
                #expect(try await connector.remove(fact).effect == .alreadyHeld)
            }
            #expect(try hers.end().contains("terminating connection"))
            #expect(try place.sessions(of: bob.name) == 1)
            for person in [ana, bob] { try await connector.remove(.account(person)) }
            #expect(try his.end().contains("terminating connection"))
            await connector.close()
        }

        @Test func aNameThatNoRoleCanHaveIsRefused() async throws {
            guard let place = try TargetPlace.shared() else { return }
            let connector = try place.connector(organization: "names")
            var long = Shop.person("names-1")
            long.name = String(repeating: "n", count: 49) + "@mountainlab.io"
            #expect(long.name.utf8.count == 64)
            await refuses(.invalid) { try await connector.add(.account(long)) }
            var nul = Shop.person("names-1")
            nul.name = "a\0b@mountainlab.io"
            await refuses(.invalid) { try await connector.add(.account(nul)) }
            #expect(
                try await connector.observe(
                    .only(identities: [nul.identity], accountNames: [nul.name, long.name], groups: ["a\0b"])
                ).facts == [])
            await refuses(.invalid) { try await connector.add(Shop.group("pg_tenure")) }
            await refuses(.invalid) { try await connector.add(Shop.group(String(repeating: "g", count: 64))) }
            var odd = Shop.person("names-2")
            odd.name = #"x"; drop role "shop_owner"; --'%i$1\@mountainlab.io"#
            try await connector.add(.account(odd))
            #expect(try await connector.add(.account(odd)).effect == .alreadyHeld)
            odd.name = "63-" + String(repeating: "n", count: 45) + "@mountainlab.io"
            #expect(odd.name.utf8.count == 63)
            try await connector.apply(.update, .account(odd), before: .account(Shop.person("names-2")))
            #expect(try place.admin("SELECT count(*) FROM pg_roles WHERE rolname = '\(odd.name)'") == "1")
            try await connector.remove(.account(odd))
            await connector.close()
        }

        @Test func whoOwnsSomethingIsShutAndStays() async throws {
            guard let place = try TargetPlace.shared() else { return }
            let connector = try place.connector(organization: "owner")
            let ana = Shop.person("owner-1")
            try await connector.add(.account(ana))
            try place.admin("CREATE TABLE public.hers (id INT); ALTER TABLE public.hers OWNER TO \"\(ana.name)\"")
            await refuses(.invalid, saying: "owns 1 objects") { try await connector.remove(.account(ana)) }
            let state = "SELECT rolcanlogin FROM pg_roles WHERE rolname = '\(ana.name)'"
            #expect(try place.admin(state) == "f")
            try place.admin("DROP TABLE public.hers")
            try await connector.remove(.account(ana))
            #expect(try place.admin(state) == "")
            await connector.close()
        }

        @Test func strangersAreLeftAlone() async throws {
            guard let place = try TargetPlace.shared() else { return }
            let connector = try place.connector(organization: "strangers")
            let (root, ana) = (Shop.person("stranger-root"), Shop.person("stranger-ana"))
            try place.admin("CREATE ROLE \"\(root.name)\" LOGIN SUPERUSER; CREATE ROLE \"\(ana.name)\" LOGIN")
            try place.admin("CREATE ROLE \"stranger-group\" NOLOGIN")
            func foreign(_ account: Account) -> Fact {
                .account(Account(identity: .foreign(account.name), name: account.name, state: .active))
            }
            await refuses(.invalid) { try await connector.apply(.update, .account(root), before: foreign(root)) }
            await refuses(.conflict) { try await connector.add(.account(ana)) }
            await refuses(.conflict) { try await connector.add(Shop.group("stranger-group")) }
            await refuses(.invalid) { try await connector.remove(foreign(ana)) }
            #expect(try await connector.remove(Shop.group("stranger-group")).effect == .alreadyHeld)
            try await connector.apply(.update, .account(ana), before: foreign(ana))

            // Its mark on a second role, and more rights than it was given.
            try place.admin("CREATE ROLE \"stranger-twin\" LOGIN; ALTER ROLE \"\(ana.name)\" CREATEDB")
            try place.admin("COMMENT ON ROLE \"stranger-twin\" IS 'tenure:strangers account stranger-ana'")
            let seen = try await connector.observe(.everything)
            #expect(seen.facts.count { $0.kind == .account && $0.identity == ana.identity } == 1)
            #expect(seen.findings.contains { $0.contains("all bear the identity stranger-ana") }, "\(seen.findings)")
            #expect(seen.findings.contains { $0.contains("rights over the server") }, "\(seen.findings)")
            try await connector.set(ana, .disabled)
            #expect(
                try place.admin(
                    "SELECT count(*) FROM pg_roles WHERE rolname IN ('\(ana.name)', 'stranger-twin') AND rolcanlogin")
                    == "0")
            await refuses(.conflict) { try await connector.set(ana, .active) }
            try await connector.remove(.account(ana))
            try place.admin("DROP ROLE \"\(root.name)\", \"stranger-group\"")
            await connector.close()
        }
    }
}

/// Expects that `body` fails with the code.
func refuses(
    _ code: ConnectorError.Code, saying words: String = "", sourceLocation: Testing.SourceLocation = #_sourceLocation,
    _ body: () async throws -> Void
) async {
    do {
        try await body()
        Issue.record("it was not refused", sourceLocation: sourceLocation)
    } catch let error as ConnectorError {
        #expect(error.code == code, "\(error)", sourceLocation: sourceLocation)
        #expect(words.isEmpty || error.message.contains(words), "\(error)", sourceLocation: sourceLocation)
    } catch {
        Issue.record("it failed as \(error)", sourceLocation: sourceLocation)
    }
}
