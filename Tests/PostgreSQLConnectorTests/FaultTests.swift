import AccessModel
import ConnectorKit
import Foundation
import PostgreSQLConnector
import TestSupport
import Testing

extension PostgreSQLConnectorTests {
    /// A real server behind a proxy that breaks connections by a seed.
    @Suite struct Faults {
        /// With `TENURE_LONG_TESTS` five thousand.
        private static let runs = ProcessInfo.processInfo.environment["TENURE_LONG_TESTS"] == nil ? 200 : 5_000
        private static let (ana, bob) = (Shop.person("fault-ana"), Shop.person("fault-bob"))
        private static let groups = ["fault-readers", "fault-writers"]

        @Test func whateverBreaksTheEndIsRight() async throws {
            guard let place = try TargetPlace.shared() else { return }
            let seed = ProcessInfo.processInfo.environment["TENURE_SEED"].flatMap { UInt64($0) } ?? 20_261_122
            let proxy = try PostgreSQLFaultProxy(to: place.server.port, seed: seed, percent: 4)
            let connector = try place.connector(
                ["sslmode": "disable", "ca_file": nil], organization: "faults", port: proxy.port)
            var generator = SeededGenerator(seed: seed)
            var wanted: Set<String> = []
            var state: [IdentityID: Account.State] = [:]
            for run in 0..<Self.runs {
                for _ in 0..<3 {
                    try await Self.step(connector, &generator, &wanted, &state)
                }
                try await Self.expectTruth(connector, wanted, state, "seed \(seed), run \(run)")
                if run % 10 == 9 { try Self.expectCatalog(place, wanted, state, "seed \(seed), run \(run)") }
            }
            try Self.expectCatalog(place, wanted, state, "seed \(seed), at the end")
            for fault in PostgreSQLFaultProxy.Fault.allCases {
                #expect(proxy.made[fault, default: 0] > 0, "\(fault.rawValue) never happened")
            }
            await connector.close()
            proxy.stop()
            let direct = try place.connector(organization: "faults")
            for group in Self.groups { try await direct.remove(Shop.group(group)) }
            for person in [Self.ana, Self.bob] { try await direct.remove(.account(person)) }
            await direct.close()
        }

        /// One change of something that can change now.
        private static func step(
            _ connector: PostgreSQLTarget, _ generator: inout SeededGenerator, _ wanted: inout Set<String>,
            _ state: inout [IdentityID: Account.State]
        ) async throws {
            let person = generator.pick([ana, bob])
            let group = generator.pick(groups)
            let hasGroup = wanted.contains(Shop.group(group).key)
            func toggle(_ fact: Fact) async throws {
                if wanted.contains(fact.key) {
                    try await insist { try await connector.remove(fact) }
                    wanted.remove(fact.key)
                } else {
                    try await insist { try await connector.add(fact) }
                    wanted.insert(fact.key)
                }
            }
            switch generator.below(10) {
            case 0:
                try await toggle(.account(person))
                state[person.identity] = wanted.contains(Fact.account(person).key) ? .active : nil
                // An account and a group go with their memberships.
                if state[person.identity] == nil {
                    for group in groups { wanted.remove(Shop.member(person, group).key) }
                }
            case 1:
                try await toggle(Shop.group(group))
                if !wanted.contains(Shop.group(group).key) {
                    wanted = wanted.filter { !$0.contains(" \(group) ") }
                }
            case 2...5 where hasGroup && state[person.identity] != nil: try await toggle(Shop.member(person, group))
            case 6...7 where hasGroup: try await toggle(Shop.role(generator.pick(["reader", "contributor"]), group))
            case 8...9 where state[person.identity] != nil:
                let next: Account.State = state[person.identity] == .active ? .disabled : .active
                try await insist { try await connector.set(person, next) }
                state[person.identity] = next
            default: break
            }
        }

        /// As the engine does it: again and again, while the error says that it may help.
        private static func insist(_ body: () async throws -> Receipt) async throws {
            for attempt in 1...200 {
                do {
                    _ = try await body()
                    return
                } catch let error as ConnectorError {
                    #expect(error.isRetryable, "\(error)")
                    guard error.isRetryable, attempt < 200 else { throw error }
                }
            }
        }

        /// What the connector says through the proxy is true or is not said.
        private static func expectTruth(
            _ connector: PostgreSQLTarget, _ wanted: Set<String>, _ state: [IdentityID: Account.State], _ place: String
        ) async throws {
            for _ in 0..<2 {
                do {
                    let seen = try await connector.observe(
                        .only(
                            identities: [ana.identity, bob.identity], accountNames: [ana.name], groups: Set(groups)))
                    #expect(seen.completeness == .complete)
                    #expect(seen.facts.map(\.key).sorted() == wanted.sorted(), "\(place)")
                    #expect(seen.remnants.isEmpty, "\(place)")
                    for case .account(let account) in seen.facts {
                        #expect(account.state == state[account.identity], "\(place)")
                    }
                } catch {
                    #expect(error.isRetryable, "\(place): \(error)")
                }
            }
        }

        /// What the server holds, past the proxy: exactly what is wanted, once, and no session of whoever is shut.
        private static func expectCatalog(
            _ place: TargetPlace, _ wanted: Set<String>, _ state: [IdentityID: Account.State], _ at: String
        ) throws {
            let roles = try place.admin(
                """
                SELECT d.description, r.rolcanlogin FROM pg_roles r JOIN pg_shdescription d ON d.objoid = r.oid
                WHERE d.description LIKE 'tenure:faults account %' ORDER BY 1
                """)
            let expected = state.sorted { $0.key < $1.key }.map {
                "tenure:faults account \($0.key)|\($0.value == .active ? "t" : "f")"
            }
            #expect(roles == expected.joined(separator: "\n"), "\(at)")
            let members = try place.admin(
                """
                SELECT count(*) FROM pg_auth_members m JOIN pg_roles r ON r.oid = m.roleid
                WHERE r.rolname LIKE 'fault-%'
                """)
            #expect(Int(members) == wanted.count { $0.hasPrefix("membership ") }, "\(at)")
            for group in groups {
                let held = try place.admin(
                    """
                    SELECT string_agg(privilege_type, ',' ORDER BY privilege_type)
                    FROM information_schema.role_table_grants WHERE grantee = '\(group)' AND table_name = 'orders'
                    """)
                let writes = wanted.contains(Shop.role("contributor", group).key)
                let reads = wanted.contains(Shop.role("reader", group).key)
                #expect(held == (writes ? "DELETE,INSERT,SELECT,UPDATE" : reads ? "SELECT" : ""), "\(at): \(group)")
            }
        }
    }
}
