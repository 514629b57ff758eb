import AccessModel
import ConnectorKit
import Foundation
import PostgreSQLConnector
import StrictJSON
import TestSupport
import Testing

extension PostgreSQLConnectorTests {
    @Suite struct DataClasses {
        /// A person with a password in a group of the organisation.
        private static func enter(
            _ connector: PostgreSQLTarget, _ place: TargetPlace, _ id: String, _ group: String
        ) async throws -> Account {
            let person = Shop.person(id)
            try await connector.add(.account(person))
            try place.admin("ALTER ROLE \"\(person.name)\" PASSWORD '\(TargetPlace.password)'")
            try await connector.add(Shop.group(group))
            try await connector.add(Shop.member(person, group))
            return person
        }

        private static func assignments(_ connector: PostgreSQLTarget, _ group: String) async throws -> [String] {
            let seen = try await connector.observe(.only(identities: [], accountNames: [], groups: [group]))
            return seen.facts.filter { $0.kind == .roleAssignment }.map(\.key).sorted()
        }

        @Test func aRoleIsWhatItsClassesSay() async throws {
            guard let place = try TargetPlace.shared() else { return }
            let connector = try place.connector(organization: "classes")
            let ana = try await Self.enter(connector, place, "classes-1", "classes-readers")
            #expect(try place.run(as: ana.name, "SELECT count(*) FROM shop.orders").contains("permission denied"))

            #expect(try await connector.add(Shop.role("reader", "classes-readers")).effect == .applied)
            #expect(try place.run(as: ana.name, "SELECT count(*) FROM shop.orders") == "0")
            #expect(try place.run(as: ana.name, "SELECT n FROM shop.totals") == "0")
            #expect(try place.run(as: ana.name, "SELECT count(*) FROM \"Odd \"\"one\"\" %I\".\"it's, a table\"") == "0")
            #expect(try place.run(as: ana.name, "SELECT count(*) FROM shop.cards").contains("permission denied"))
            #expect(
                try place.run(as: ana.name, "INSERT INTO shop.orders (item) VALUES ('x')").contains("permission denied")
            )
            // What its owner makes later is of its schema's class.
            try place.admin("SET ROLE shop_owner; CREATE TABLE shop.later (id INT)")
            #expect(try place.run(as: ana.name, "SELECT count(*) FROM shop.later") == "0")
            #expect(try await connector.add(Shop.role("reader", "classes-readers")).effect == .alreadyHeld)

            #expect(try await connector.add(Shop.role("contributor", "classes-readers")).effect == .applied)
            #expect(try place.run(as: ana.name, "INSERT INTO shop.orders (item) VALUES ('x') RETURNING item") == "x")
            #expect(try await connector.remove(Shop.role("contributor", "classes-readers")).effect == .applied)
            #expect(try place.run(as: ana.name, "DELETE FROM shop.orders").contains("permission denied"))
            #expect(try place.run(as: ana.name, "SELECT count(*) FROM shop.orders") == "1")

            #expect(try await connector.remove(Shop.role("reader", "classes-readers")).effect == .applied)
            #expect(try place.run(as: ana.name, "SELECT count(*) FROM shop.orders").contains("permission denied"))
            #expect(try await connector.remove(Shop.role("reader", "classes-readers")).effect == .alreadyHeld)
            try await connector.remove(Shop.group("classes-readers"))
            try await connector.remove(.account(ana))
            try place.admin("DROP TABLE shop.later; DELETE FROM shop.orders")
            #expect(try place.admin("SELECT count(*) FROM pg_default_acl") == "0")
            await connector.close()
        }

        @Test func whatSomebodyElseGrantedIsSeenAndTakenBack() async throws {
            guard let place = try TargetPlace.shared() else { return }
            let connector = try place.connector(organization: "surplus")
            try await connector.add(Shop.group("surplus-readers"))
            try await connector.add(Shop.role("reader", "surplus-readers"))
            let right = try await Self.assignments(connector, "surplus-readers")
            #expect(right == ["role_assignment surplus-readers reader ecommerce/live/*/shop"])

            try place.admin("SET ROLE shop_owner; GRANT SELECT, UPDATE ON shop.cards TO \"surplus-readers\"")
            try place.admin("CREATE ROLE \"surplus-stranger\"; GRANT DELETE ON shop.cards TO \"surplus-stranger\"")
            let all = try await connector.observe(.everything)
            let surplus = all.facts.filter { $0.kind == .roleAssignment && $0.key.contains("shop.cards") }
            #expect(surplus.map(\.key) == ["role_assignment surplus-readers SELECT,UPDATE table shop.cards"])
            #expect(
                all.findings.contains { $0.contains("`surplus-stranger`") && $0.contains("class `cards`") },
                "\(all.findings)")
            for fact in surplus {
                #expect(try await connector.remove(fact).effect == .applied)
                #expect(try await connector.remove(fact).effect == .alreadyHeld)
            }
            #expect(try await Self.assignments(connector, "surplus-readers") == right)
            // What another role granted is not undone in silence.
            try place.admin(
                "CREATE ROLE \"surplus-granter\"; GRANT UPDATE ON shop.cards TO \"surplus-granter\" WITH GRANT OPTION")
            try place.admin("GRANT USAGE ON SCHEMA shop TO \"surplus-granter\"")
            try place.admin("SET ROLE \"surplus-granter\"; GRANT UPDATE ON shop.cards TO \"surplus-readers\"")
            for fact in try await connector.observe(.everything).facts where fact.key.contains("table shop.cards") {
                await refuses(.forbidden) { try await connector.remove(fact) }
            }
            try place.admin(
                """
                REVOKE ALL ON shop.cards FROM "surplus-stranger"; REVOKE ALL ON shop.cards FROM "surplus-granter" CASCADE;
                REVOKE ALL ON SCHEMA shop FROM "surplus-granter"; DROP ROLE "surplus-stranger", "surplus-granter"
                """)
            try await connector.remove(Shop.group("surplus-readers"))
            await connector.close()
        }

        @Test func anAssignmentThatHoldsInPartIsARemnant() async throws {
            guard let place = try TargetPlace.shared() else { return }
            let connector = try place.connector(organization: "remnant")
            let role = Shop.role("contributor", "remnant-writers")
            try await connector.add(Shop.group("remnant-writers"))
            try await connector.add(role)
            try place.admin("SET ROLE shop_owner; REVOKE DELETE ON shop.orders FROM \"remnant-writers\"")
            let seen = try await connector.observe(.everything)
            #expect(seen.remnants.map(\.key) == [role.key])
            #expect(!seen.facts.contains { $0.key == role.key })
            #expect(try await connector.add(role).effect == .applied)
            let whole = try await connector.observe(.everything)
            #expect(whole.remnants.isEmpty && whole.facts.contains { $0.key == role.key })
            try await connector.remove(Shop.group("remnant-writers"))
            #expect(try place.admin("SELECT count(*) FROM pg_roles WHERE rolname = 'remnant-writers'") == "0")
            await connector.close()
        }

        @Test func aClassThatLiesElsewhereIsNotGiven() async throws {
            guard let place = try TargetPlace.shared() else { return }
            let connector = try place.connector(
                [
                    "classes": [
                        ["name": "shop", "schemas": ["shop"], "covers": ["tenant": "shop"]],
                        ["name": "odd", "schemas": ["Odd \"one\" %I"], "covers": ["tenant": "odd"]],
                    ],
                    "roles": ["reader": ["shop": ["SELECT"], "odd": ["SELECT"]]],
                ], organization: "places")
            try await connector.add(Shop.group("places-readers"))
            try await connector.add(Shop.role("reader", "places-readers"))
            let held = "SELECT count(*) FROM information_schema.role_table_grants WHERE grantee = 'places-readers'"
            #expect(try place.admin("\(held) AND table_schema = 'shop'") == "3")
            #expect(try place.admin("\(held) AND table_schema <> 'shop'") == "0")
            await refuses(.invalid) {
                try await connector.add(Shop.role("reader", "places-readers", "table shop.cards"))
            }
            await refuses(.missingDependency) { try await connector.add(Shop.role("reader", "places-absent")) }
            try await connector.remove(Shop.group("places-readers"))
            await connector.close()
        }

        @Test func whoIsTakenOutLosesTheSessionThatTookOnTheRole() async throws {
            guard let place = try TargetPlace.shared() else { return }
            let connector = try place.connector(organization: "setrole")
            let ana = try await Self.enter(connector, place, "setrole-1", "setrole-readers")
            let client = try place.session(
                as: ana.name, ["SET ROLE \"setrole-readers\"", "SELECT pg_sleep(600)"])
            let receipt = try await connector.remove(Shop.member(ana, "setrole-readers"))
            #expect(receipt.note.contains("1 sessions ended"))
            #expect(try client.end().contains("terminating connection"))
            #expect(try place.run(as: ana.name, "SET ROLE \"setrole-readers\"").contains("permission denied"))
            try await connector.remove(.account(ana))
            try await connector.remove(Shop.group("setrole-readers"))
            await connector.close()
        }

        @Test func whatIsWrongWithSettingsIsSaid() throws {
            guard let place = try TargetPlace.shared() else { return }
            let schema = ConnectorFactory.postgresql.settings
            #expect(schema.problems(in: place.configuration()).isEmpty)
            let wrong: [([String: JSONValue], String)] = [
                (
                    ["classes": [["name": "a", "schemas": ["s"]], ["name": "b", "schemas": ["s"]]], "roles": nil],
                    "two classes"
                ),
                (["classes": [["name": "a", "tables": ["cards"]]], "roles": nil], "`schema.table`"),
                (["classes": [["name": "a"]], "roles": nil], "neither"),
                (["roles": ["reader": ["internal": ["EVERYTHING"]]]], "no privilege"),
                (["roles": ["reader": ["unheard": ["SELECT"]]]], "`unheard`"),
                (["roles": ["owner": ["internal": ["SELECT"]]]], "`owner`"),
                (["sslmode": "prefer"], "must be one of"),
                (["host": "db.example.org", "sslmode": "disable"], "this machine only"),
                (["host": "a,b"], "one host"),
                (["ca_file": nil], "`ca_file` is missing"),
            ]
            for (settings, words) in wrong {
                let problems = schema.problems(in: place.configuration(settings))
                #expect(problems.contains { $0.message.contains(words) }, "\(words): \(problems)")
            }
        }
    }
}
