import AccessModel
import ConnectorKit
import Foundation
import StrictJSON
import TestSupport
import Testing
import VaultConnector

@Suite struct VaultRightsTests {
    /// Everything that the connector does, once.
    private static func everything(_ place: VaultPlace) async throws {
        let connector = try place.connector()
        let ana = Shop.person("rights-1")
        _ = try await connector.check()
        try await connector.add(.account(ana))
        var renamed = ana
        renamed.name = "rights-renamed"
        try await connector.apply(.update, .account(renamed), before: .account(ana))
        try await connector.add(Shop.group("rights-operator"))
        try await connector.add(Shop.member(ana, "rights-operator"))
        for fact in [Shop.role("operator", "rights-operator"), Shop.trust("rights-operator")] {
            try await connector.add(fact)
        }
        try await place.admin.require(.post, "auth/\(place.approle)/role/r", ["token_policies": ["default"]])
        let owner: JSONValue = ["tenure_identity": "rights-1", "tenure_organization": .string(place.organization)]
        try await place.admin.require(
            .post, "auth/\(place.approle)/role/r/secret-id", ["metadata": .string(owner.compactText)])
        try await place.admin.require(.post, "\(place.kv)/data/people/a/b", ["data": ["password": "canary"]])
        try await place.admin.require(.post, "\(place.kv)/metadata/people/a/b", ["custom_metadata": owner])
        _ = try await place.signIn(renamed)
        let seen = try await connector.observe(.everything)
        #expect(seen.facts.count { $0.kind == .credential } == 3)
        for fact in seen.facts where fact.kind == .credential { try await connector.remove(fact) }
        try await connector.remove(Shop.trust("rights-operator"))
        try await connector.remove(Shop.role("operator", "rights-operator"))
        try await connector.remove(Shop.member(ana, "rights-operator"))
        try await connector.set(renamed, .disabled)
        try await connector.remove(.account(renamed))
        try await connector.remove(Shop.group("rights-operator"))
        await connector.close()
    }

    @Test func thePolicyOfTheReadmeIsEnoughAndNoLineOfItIsTooMuch() async throws {
        let whole = try await VaultPlace()
        try await Self.everything(whole)
        // What it does not name is not allowed.
        for path in ["sys/mounts", "sys/auth", "\(whole.kv)/data/live/shop/db", "identity/oidc/key/x"] {
            #expect(try await whole.admin.send(.get, path, token: whole.token).isDenied, "\(path)")
        }
        await whole.stop()
        let lines = try VaultPlace.readmePolicy("x").split(separator: "\n").count
        #expect(lines > 20)
        for index in 0..<lines {
            let place = try await VaultPlace { text in
                var kept = text.split(separator: "\n").map(String.init)
                kept.remove(at: index)
                return kept.joined(separator: "\n")
            }
            let line = try VaultPlace.readmePolicy("x").split(separator: "\n")[index]
            // Renewal is asked for by a token that is nearly over; its own test shows it.
            guard !line.contains("renew-self") else {
                await place.stop()
                continue
            }
            do {
                try await Self.everything(place)
                Issue.record("it is not needed: \(line)")
            } catch let error as ConnectorError {
                #expect(error.code == .forbidden, "\(line): \(error)")
            }
            await place.stop()
        }
    }

    @Test func aTokenIsRenewedBeforeItEnds() async throws {
        let place = try await VaultPlace()
        let made = try await place.admin.require(
            .post, "auth/token/create", ["policies": [.string("connector-\(place.organization)")], "ttl": "20s"])
        let connector = try place.connector(credential: made["auth"]?["client_token"]?.string ?? "")
        let ended = Date().addingTimeInterval(21)
        func isRenewed() -> Bool {
            place.double?.requests.contains { $0.path == "/v1/auth/token/renew-self" } ?? (Date() > ended)
        }
        // It goes on working when the time that it was made for is over; a double says when it was renewed.
        while !isRenewed(), Date() < ended {
            _ = try await connector.observe(.only(identities: [], accountNames: [], groups: ["absent"]))
            try await Task.sleep(for: .milliseconds(100))
        }
        #expect(isRenewed())
        _ = try await connector.check()
        await connector.close()
        await place.stop()
    }

    @Test func anAppRoleAndAJWTSignIn() async throws {
        let place = try await VaultPlace()
        let policy = JSONValue.string("connector-\(place.organization)")
        try await place.admin.require(
            .post, "auth/\(place.approle)/role/tenure", ["token_policies": [policy], "token_ttl": "20m"])
        let role = try await place.admin.require(.get, "auth/\(place.approle)/role/tenure/role-id")
        let secret = try await place.admin.require(.post, "auth/\(place.approle)/role/tenure/secret-id")
        let connector = try place.connector(
            [
                "login": [
                    "method": "approle", "mount": .string(place.approle), "role_id": role["data"]?["role_id"] ?? .null,
                ]
            ], credential: secret["data"]?["secret_id"]?.string ?? "")
        _ = try await connector.check()
        try await connector.add(Shop.group("approle-readers"))
        // A token that was revoked behind its back is replaced: one attempt fails, the next one signs in.
        for accessor in try await place.admin.require(.list, "auth/token/accessors")["data"]?["keys"]?.array ?? [] {
            let token = try await place.admin.require(.post, "auth/token/lookup-accessor", ["accessor": accessor])
            guard token["data"]?["path"]?.string == "auth/\(place.approle)/login" else { continue }
            try await place.admin.require(.post, "auth/token/revoke-accessor", ["accessor": accessor])
        }
        await refuses(.unauthorized) {
            _ = try await connector.check()
        }
        _ = try await connector.check()
        await connector.close()
        if place.double != nil {
            try await place.admin.require(
                .post, "auth/\(place.jwt)/role/tenure",
                [
                    "role_type": "jwt", "user_claim": "sub", "bound_subject": "tenure", "bound_audiences": ["vault"],
                    "token_policies": [policy], "token_ttl": 1_200,
                ])
            let claims: JSONValue = ["iss": .string(VaultPlace.issuer), "sub": "tenure", "aud": "vault"]
            let other = try place.connector(
                ["login": ["method": "jwt", "mount": .string(place.jwt), "role": "tenure"]],
                credential: claims.compactText)
            _ = try await other.check()
            await other.close()
        }
        await place.stop()
    }

    /// A projected token is replaced in its file long before the connector is made anew.
    @Test func aFileThatIsRotatedIsReadForTheNextSignIn() async throws {
        let place = try await VaultPlace()
        guard place.double != nil else {
            print("a rotated token: left out on a real server, which wants a signed one")
            return await place.stop()
        }
        let folder = try LDAPFolder()
        func rotate(_ audience: String) async throws -> CredentialReference {
            try await place.admin.require(
                .post, "auth/\(place.jwt)/role/tenure",
                [
                    "role_type": "jwt", "user_claim": "sub", "bound_audiences": [.string(audience)],
                    "token_policies": [.string("connector-\(place.organization)")], "token_ttl": 1_200,
                ])
            let claims: JSONValue = [
                "iss": .string(VaultPlace.issuer), "sub": "tenure", "aud": .string(audience),
            ]
            let path = try folder.write(claims.compactText, to: "token")
            try FileManager.default.setAttributes([.posixPermissions: 0o600], ofItemAtPath: path)
            return try CredentialReference("file:\(path)", target: Sample.slug("vault"))
        }
        let reference = try await rotate("first")
        let read = reference.reader(target: Sample.slug("vault"), baseDirectory: "/")
        let connector = try VaultServer(
            place.configuration(
                ["login": ["method": "jwt", "mount": .string(place.jwt), "role": "tenure"]],
                credential: try read().reveal(), readCredential: read))
        _ = try await connector.check()
        _ = try await rotate("second")
        for accessor in try await place.admin.require(.list, "auth/token/accessors")["data"]?["keys"]?.array ?? [] {
            let token = try await place.admin.require(.post, "auth/token/lookup-accessor", ["accessor": accessor])
            guard token["data"]?["path"]?.string == "auth/\(place.jwt)/login" else { continue }
            try await place.admin.require(.post, "auth/token/revoke-accessor", ["accessor": accessor])
        }
        await refuses(.unauthorized) {
            _ = try await connector.check()
        }
        _ = try await connector.check()
        await connector.close()
        await place.stop()
    }

    @Test func aTokenThatIsRefusedWithoutAWordOfItIsReplacedToo() async throws {
        let place = try await VaultPlace()
        place.double?.sayLess()
        let role = "auth/\(place.approle)/role/tenure"
        try await place.admin.require(
            .post, role, ["token_policies": [.string("connector-\(place.organization)")], "token_ttl": "20m"])
        let id = try await place.admin.require(.get, "\(role)/role-id")["data"]?["role_id"] ?? .null
        let secret = try await place.admin.require(.post, "\(role)/secret-id")["data"]?["secret_id"]?.string ?? ""
        let connector = try place.connector(
            ["login": ["method": "approle", "mount": .string(place.approle), "role_id": id]], credential: secret)
        try await connector.add(Shop.group("refused-readers"))
        for accessor in try await place.admin.require(.list, "auth/token/accessors")["data"]?["keys"]?.array ?? [] {
            let token = try await place.admin.require(.post, "auth/token/lookup-accessor", ["accessor": accessor])
            guard token["data"]?["path"]?.string == "auth/\(place.approle)/login" else { continue }
            try await place.admin.require(.post, "auth/token/revoke-accessor", ["accessor": accessor])
        }
        await refuses(.unauthorized) {
            try await connector.add(Shop.group("refused-readers"))
        }
        #expect(try await connector.add(Shop.group("refused-readers")).effect == .alreadyHeld)
        await connector.close()
        await place.stop()
    }

    @Test func everythingStaysInItsNamespace() async throws {
        let place = try await VaultPlace(namespace: "shop/eu")
        let connector = try place.connector()
        _ = try await connector.check()
        try await connector.add(Shop.group("namespace-readers"))
        await connector.close()
        let lost = try place.connector(["namespace": "bank"])
        await refuses(.forbidden) {
            _ = try await lost.check()
        }
        await lost.close()
        await place.stop()
    }

    @Test func aRootTokenAndAPathThatIsNotThereAreRefused() async throws {
        let place = try await VaultPlace()
        for connector in [
            try place.connector(credential: place.admin.token),
            try place.connector(["approle_mounts": ["nowhere"]], credential: place.admin.token),
        ] {
            await refuses(.configuration, saying: "root") {
                _ = try await connector.check()
            }
        }
        // A mount that is not there is no empty listing.
        let blind = try place.connector(["secrets": [["mount": "nowhere"]]], credential: place.admin.token)
        await refuses(.configuration) {
            _ = try await blind.observe(.everything)
        }
        await blind.close()
        await place.stop()
    }

    @Test func whatIsWrongWithSettingsIsSaid() async throws {
        let place = try await VaultPlace()
        let schema = ConnectorFactory.vault.settings
        #expect(schema.problems(in: place.configuration()).isEmpty)
        let wrong: [([String: JSONValue], String)] = [
            (["policies": ["reader": [["path": "sys/*", "capabilities": ["read"]]]]], "server's own"),
            (["policies": ["reader": [["path": "secret/{person}/*", "capabilities": ["read"]]]]], "none of"),
            (["policies": ["reader": [["path": "secret/*", "capabilities": ["sudo"]]]]], "must be some of"),
            (["policies": ["owner": []]], "`owner`"),
            (["revoke_prefixes": ["auth/userpass/login"]], "everybody's"),
            (["jwt_mounts": [["issuer": "a", "mount": "m"], ["issuer": "b", "mount": "m"]]], "one issuer only"),
            (["login": ["method": "approle"]], "role_id"),
            (["login": ["method": "jwt"]], "`role`"),
            (["url": "http://vault.example.org"], "https"),
            (["token_ttl": "5s"], "1m to 24h"),
        ]
        for (settings, words) in wrong {
            let problems = schema.problems(in: place.configuration(settings))
            #expect(problems.contains { $0.message.contains(words) }, "\(words): \(problems)")
        }
        await place.stop()
    }
}
