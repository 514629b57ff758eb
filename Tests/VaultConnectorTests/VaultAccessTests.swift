import AccessModel
import ConnectorKit
import Foundation
import StrictJSON
import TestSupport
import Testing
import VaultConnector

@Suite struct VaultAccessTests {
    @Test func aRoleIsAPolicyThatTheServerHoldsTo() async throws {
        let place = try await VaultPlace()
        let connector = try place.connector()
        let ana = Shop.person("role-1")
        try await place.admin.require(.post, "\(place.kv)/data/live/shop/db", ["data": ["password": "canary"]])
        try await connector.add(.account(ana))
        try await connector.add(Shop.group("role-readers"))
        try await connector.add(Shop.member(ana, "role-readers"))
        let token = try await place.signIn(ana)
        func read(_ path: String) async throws -> Int {
            try await place.admin.send(.get, "\(place.kv)/data/\(path)", token: token).status
        }
        #expect(try await read("live/shop/db") == 403)
        let role = Shop.role("reader", "role-readers")
        try await connector.add(role)
        #expect(try await read("live/shop/db") == 200)
        #expect(try await read("live/bank/db") == 403)
        #expect(try await read("sandbox/shop/db") == 403)
        let write = try await place.admin.send(
            .post, "\(place.kv)/data/live/shop/db", ["data": ["password": "canary"]], token: token)
        #expect(write.isDenied)

        // A text that somebody changed is not the role any more, and becomes it again.
        let name = "tenure.\(place.organization).reader.ecommerce.live._all.shop.role-readers"
        let right = try await place.admin.require(.get, "sys/policies/acl/\(name)")["data"]?["policy"]?.string ?? ""
        try await place.admin.require(
            .post, "sys/policies/acl/\(name)",
            ["policy": .string(right + "path \"\(place.kv)/*\" { capabilities = [\"read\"] }\n")])
        #expect(try await read("live/bank/db") == 404)
        let seen = try await connector.observe(.everything)
        #expect(seen.remnants.map(\.key) == [role.key] && !seen.facts.contains { $0.key == role.key })
        try await connector.add(role)
        #expect(try await read("live/bank/db") == 403)

        // A policy that somebody attached is seen, and taken off.
        try await place.admin.require(
            .post, "identity/group/name/role-readers", ["policies": [.string(name), "default"]])
        let stray = try await connector.observe(.only(identities: [], accountNames: [], groups: ["role-readers"])).facts
            .filter { $0.kind == .roleAssignment && $0.key != role.key }
        #expect(stray.map(\.key) == ["role_assignment role-readers default policy"])
        for fact in stray { try await connector.remove(fact) }
        #expect(try await connector.remove(role).effect == .applied)
        #expect(try await read("live/shop/db") == 403)
        #expect(try await place.admin.send(.get, "sys/policies/acl/\(name)").status == 404)
        await connector.close()
        await place.stop()
    }

    @Test func aGroupGoesWithWhatStoodForIt() async throws {
        let place = try await VaultPlace()
        let connector = try place.connector()
        try await connector.add(Shop.group("gone-operator"))
        try await connector.add(Shop.role("operator", "gone-operator"))
        try await connector.add(Shop.trust("gone-operator"))
        try await connector.remove(Shop.group("gone-operator"))
        let seen = try await connector.observe(.everything)
        #expect(!seen.facts.contains { $0.groupSlug == "gone-operator" } && seen.remnants.isEmpty)
        let policies = try await place.admin.require(.list, "sys/policies/acl")["data"]?["keys"]?.array ?? []
        #expect(!policies.contains { $0.string?.contains("gone-operator") ?? false })
        #expect(try await place.admin.send(.list, "auth/\(place.jwt)/role").status == 404)
        await connector.close()
        await place.stop()
    }

    @Test func aRunnerSignsInForItsGroupAlone() async throws {
        let place = try await VaultPlace()
        guard place.double != nil else {
            print("sign-in of a runner: left out on a real server, which wants a signed token")
            return await place.stop()
        }
        let connector = try place.connector()
        try await place.admin.require(.post, "\(place.kv)/data/live/shop/db", ["data": ["password": "canary"]])
        try await connector.add(Shop.group("runner-operator"))
        try await connector.add(Shop.trust("runner-operator"))
        // The role comes after the trust, and the trust has it all the same.
        try await connector.add(Shop.role("operator", "runner-operator"))
        let names = try await place.admin.require(.list, "auth/\(place.jwt)/role")["data"]?["keys"]?.array ?? []
        guard let name = names.first, names.count == 1 else { return #expect(names.count == 1) }
        func signIn(_ subject: String, _ audience: String) async throws -> VaultAdmin.Answer {
            let claims: JSONValue = [
                "iss": .string(VaultPlace.issuer), "sub": .string(subject), "aud": .string(audience),
            ]
            return try await place.admin.send(
                .post, "auth/\(place.jwt)/login", ["role": name, "jwt": .string(claims.compactText)])
        }
        let answer = try await signIn("repo:o/shop:environment:live", "vault")
        let token = answer.json["auth"]?["client_token"]?.string
        #expect(try await place.admin.send(.get, "\(place.kv)/data/live/shop/db", token: token).status == 200)
        #expect(try await place.admin.send(.get, "\(place.kv)/data/live/bank/db", token: token).isDenied)
        #expect(try await signIn("repo:o/shop:ref:refs/heads/x", "vault").status == 400)
        #expect(try await signIn("repo:o/shop:environment:live", "other").status == 400)

        // Somebody lets another audience in: seen as what it is, and gone.
        try await place.admin.require(
            .post, "auth/\(place.jwt)/role/\(name.string ?? "")", ["bound_audiences": ["vault", "other"]])
        let seen = try await connector.observe(.everything)
        #expect(seen.remnants.count == 2 && !seen.facts.contains { $0.kind == .federatedTrust })
        let wider = Fact.federatedTrust(
            FederatedTrust(
                group: "runner-operator", notation: nil, issuer: VaultPlace.issuer,
                subject: "repo:o/shop:environment:live", audience: "other"))
        try await connector.remove(wider)
        try await connector.add(Shop.trust("runner-operator"))
        let after = try await connector.observe(.everything)
        #expect(after.remnants.isEmpty && after.facts.contains { $0.key == Shop.trust("runner-operator").key })
        #expect(try await signIn("repo:o/shop:environment:live", "other").status == 400)
        try await connector.remove(Shop.trust("runner-operator"))
        #expect(try await signIn("repo:o/shop:environment:live", "vault").status == 400)
        await connector.close()
        await place.stop()
    }

    @Test func whatSomebodyAddedToARoleOfARunnerIsWrittenAway() async throws {
        let place = try await VaultPlace()
        let connector = try place.connector()
        try await connector.add(Shop.group("added-operator"))
        try await connector.add(Shop.trust("added-operator"))
        let names = try await place.admin.require(.list, "auth/\(place.jwt)/role")["data"]?["keys"]?.array ?? []
        let role = "auth/\(place.jwt)/role/\(names.first?.string ?? "")"
        // Tokens that can be renewed for ever, groups of the issuer's saying, and another condition.
        let additions: [JSONValue] = [
            ["token_period": 3_600], ["groups_claim": "groups"], ["bound_claims": ["ref": "x"]],
        ]
        for added in additions {
            var body = added.object ?? JSONObject()
            body["role_type"] = "jwt"
            body["user_claim"] = "sub"
            try await place.admin.require(.post, role, .object(body))
            let changed = try await connector.observe(.everything)
            #expect(changed.remnants.map(\.key) == [Shop.trust("added-operator").key], "\(added)")
            try await connector.add(Shop.trust("added-operator"))
            #expect(try await connector.observe(.everything).remnants.isEmpty, "\(added)")
        }
        await connector.close()
        await place.stop()
    }

    @Test func aMountThatTakesAnyIssuerIsRefused() async throws {
        let place = try await VaultPlace()
        let connector = try place.connector()
        let config = try await place.admin.require(.get, "auth/\(place.jwt)/config")["data"]?.object ?? JSONObject()
        var loose = JSONObject()
        loose["jwt_validation_pubkeys"] = config["jwt_validation_pubkeys"]
        loose["bound_issuer"] = ""
        try await place.admin.require(.post, "auth/\(place.jwt)/config", .object(loose))
        for body in [
            { _ = try await connector.check() }, { _ = try await connector.add(Shop.trust("loose-operator")) },
        ] {
            await refuses(.configuration, saying: "bound_issuer") {
                try await body()
            }
        }
        let elsewhere = Fact.federatedTrust(
            FederatedTrust(
                group: "g", notation: nil, issuer: "https://other.example", subject: "s", audience: "a"))
        await refuses(.invalid) {
            try await connector.add(elsewhere)
        }
        await connector.close()
        await place.stop()
    }
}
