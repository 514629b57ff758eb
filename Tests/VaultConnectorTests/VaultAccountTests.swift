import AccessModel
import ConnectorKit
import Foundation
import StrictJSON
import TestSupport
import Testing
import VaultConnector

@Suite struct VaultAccountTests {
    @Test func aLeaverIsOutAndWhatHangsOnTheTokensGoes() async throws {
        let place = try await VaultPlace()
        let connector = try place.connector()
        let ana = Shop.person("leaver-1")
        try await connector.add(.account(ana))
        try await connector.add(Shop.group("leaver-readers"))
        try await connector.add(Shop.member(ana, "leaver-readers"))
        let token = try await place.signIn(ana)
        #expect(try await place.admin.send(.get, "auth/token/lookup-self", token: token).data["entity_id"] != "")

        let seen = try await connector.observe(.only(identities: [ana.identity], accountNames: [], groups: []))
        #expect(seen.facts.contains { $0.kind == .credential && $0.key.contains("token/") }, "\(seen.facts)")
        let receipt = try await connector.set(ana, .disabled)
        #expect(receipt.note.contains("1 tokens revoked"), "\(receipt.note)")
        #expect(receipt.note.contains("login/leaver-1 revoked"), "\(receipt.note)")
        #expect(try await place.admin.send(.get, "auth/token/lookup-self", token: token).isDenied)
        // A new sign-in gives a token that is of no use.
        if let again = try? await place.signIn(ana) {
            #expect(try await place.admin.send(.get, "auth/token/lookup-self", token: again).isDenied)
        }
        try await connector.remove(.account(ana))
        let group = try await place.admin.require(.get, "identity/group/name/leaver-readers")
        #expect(group["data"]?["member_entity_ids"]?.array?.isEmpty ?? true)
        await connector.close()
        await place.stop()
    }

    /// What a lease is taken out for is the double's own kind of secret.
    @Test func leasesOfATokenGoWithIt() async throws {
        let place = try await VaultPlace()
        guard place.double != nil else {
            print("leases of dynamic secrets: left out on a real server, which has no such engine here")
            return await place.stop()
        }
        let connector = try place.connector([
            "policies": ["reader": [["path": .string("\(place.kv)/creds/*"), "capabilities": ["read"]]]]
        ])
        let ana = Shop.person("lease-1")
        try await connector.add(.account(ana))
        try await connector.add(Shop.group("lease-readers"))
        try await connector.add(Shop.role("reader", "lease-readers"))
        try await connector.add(Shop.member(ana, "lease-readers"))
        let token = try await place.signIn(ana)
        #expect(try await place.admin.send(.get, "\(place.kv)/creds/shop", token: token).status == 200)
        #expect(try await place.admin.send(.list, "\(place.kv)/leases").data["keys"]?.array?.count == 1)
        try await connector.set(ana, .disabled)
        #expect(try await place.admin.send(.list, "\(place.kv)/leases").status == 404)
        await connector.close()
        await place.stop()
    }

    @Test func anAccessorThatOutlivedItsTokenIsNobodys() async throws {
        let place = try await VaultPlace()
        guard let double = place.double else {
            print("accessors without tokens: left out on a real server, which cannot be made to keep one")
            return await place.stop()
        }
        double.leaveBehind(accessor: "accessor-left-behind")
        let connector = try place.connector()
        let ana = Shop.person("behind-1")
        try await connector.add(.account(ana))
        _ = try await place.signIn(ana)
        let seen = try await connector.observe(.everything)
        #expect(seen.facts.count { $0.kind == .credential } == 1, "\(seen.facts)")
        #expect(try await connector.set(ana, .disabled).note.contains("1 tokens revoked"))
        await connector.close()
        await place.stop()
    }

    @Test func whoIsFirstSeenAtSignInIsTakenOverByName() async throws {
        let place = try await VaultPlace()
        let connector = try place.connector()
        let ana = Shop.person("first-1")
        _ = try await place.signIn(ana)
        let seen = try await connector.observe(.only(identities: [], accountNames: [ana.name], groups: []))
        guard case .account(let stranger)? = seen.facts.first else { return #expect(seen.facts.count == 1) }
        #expect(stranger.identity == .foreign("first-1"))
        await refuses(.conflict) {
            try await connector.add(.account(ana))
        }
        try await connector.apply(.update, .account(ana), before: .account(stranger))
        let after = try await connector.observe(.only(identities: [ana.identity], accountNames: [ana.name], groups: []))
        #expect(after.facts.filter { $0.kind == .account } == [.account(ana)])
        await connector.close()
        await place.stop()
    }

    @Test func anEntityWithoutItsAliasIsNotActive() async throws {
        let place = try await VaultPlace()
        let connector = try place.connector()
        let ana = Shop.person("alias-1")
        // As one is that was made, and no more: the name, and no way to sign in.
        try await place.admin.require(
            .post, "identity/entity/name/tenure-\(place.organization)-alias-1",
            ["metadata": ["tenure_identity": "alias-1", "tenure_organization": .string(place.organization)]])
        let seen = try await connector.observe(.only(identities: [ana.identity], accountNames: [], groups: []))
        guard case .account(let half)? = seen.facts.first else { return #expect(seen.facts.count == 1) }
        #expect(half.state == .disabled)
        try await connector.apply(.update, .account(ana), before: .account(half))
        let after = try await connector.observe(.only(identities: [ana.identity], accountNames: [], groups: []))
        #expect(after.facts == [.account(ana)])
        await connector.close()
        await place.stop()
    }

    @Test func secretIDsAndTokensOfOthersAreLeft() async throws {
        let place = try await VaultPlace()
        let connector = try place.connector()
        let ana = Shop.person("secrets-1")
        try await connector.add(.account(ana))
        try await place.admin.require(.post, "auth/\(place.approle)/role/batch", ["token_policies": ["default"]])
        let metadata: JSONValue = [
            "tenure_identity": "secrets-1", "tenure_organization": .string(place.organization),
        ]
        for text in [metadata.compactText, "{}"] {
            try await place.admin.require(
                .post, "auth/\(place.approle)/role/batch/secret-id", ["metadata": .string(text)])
        }
        let seen = try await connector.observe(.everything)
        let found = seen.facts.filter { $0.kind == .credential && $0.key.contains("secret-id/") }
        #expect(found.count == 1 && found.first?.identity == ana.identity)
        for fact in found {
            guard case .credential(let credential) = fact else { continue }
            #expect(credential.createdAt != nil)
            let stolen = Credential(
                identity: Shop.person("secrets-2").identity, id: credential.id, createdAt: nil, lastUsedAt: nil)
            await refuses(.conflict) {
                try await connector.remove(.credential(stolen))
            }
            #expect(try await connector.remove(fact).effect == .applied)
            #expect(try await connector.remove(fact).effect == .alreadyHeld)
        }
        let left = try await place.admin.require(.list, "auth/\(place.approle)/role/batch/secret-id")
        #expect(left["data"]?["keys"]?.array?.count == 1)
        // With the role goes what was made for it.
        try await place.admin.require(.delete, "auth/\(place.approle)/role/batch")
        for fact in found { #expect(try await connector.remove(fact).effect == .alreadyHeld) }
        await connector.close()
        await place.stop()
    }

    @Test func aSecretOfALeaverBecomesAnother() async throws {
        let place = try await VaultPlace()
        let connector = try place.connector()
        let path = "\(place.kv)/data/people/ana/db"
        for number in 1...2 {
            try await place.admin.require(
                .post, path, ["data": ["user": "app", "password": .string("canary-value-\(number)")]])
        }
        try await place.admin.require(
            .post, "\(place.kv)/metadata/people/ana/db",
            [
                "custom_metadata": [
                    "tenure_identity": "kv-1", "tenure_organization": .string(place.organization), "team": "shop",
                ]
            ])
        let seen = try await connector.observe(.everything)
        let found = seen.facts.filter { $0.kind == .credential && $0.key.contains("kv/") }
        guard let fact = found.first, found.count == 1 else { return #expect(found.count == 1) }
        let receipt = try await connector.apply(.remove, fact, before: fact)
        #expect(receipt.effect == .applied && !"\(receipt)".contains("canary"))
        let now = try await place.admin.require(.get, path)["data"]
        #expect(now?["metadata"]?["version"] == 3)
        #expect(now?["data"]?["user"] == "app")
        let value = now?["data"]?["password"]?.string ?? ""
        #expect(value.utf8.count == 40 && !value.contains("canary") && !receipt.note.contains(value))
        let metadata = try await place.admin.require(.get, "\(place.kv)/metadata/people/ana/db")["data"]
        for old in ["1", "2"] { #expect(metadata?["versions"]?[old]?["destroyed"] == true) }
        #expect(metadata?["custom_metadata"]?["team"] == "shop")
        #expect(metadata?["custom_metadata"]?["tenure_former"] == "kv-1")
        #expect(metadata?["custom_metadata"]?["tenure_identity"] == nil)
        #expect(try await connector.remove(fact).effect == .alreadyHeld)
        await connector.close()
        await place.stop()
    }

    @Test func aRotationThatWasCutOffMakesNoThirdVersion() async throws {
        let place = try await VaultPlace()
        for seed in UInt64(1)...12 {
            let path = "people/cut-\(seed)"
            try await place.admin.require(
                .post, "\(place.kv)/data/\(path)", ["data": ["password": "canary-value"]])
            try await place.admin.require(
                .post, "\(place.kv)/metadata/\(path)",
                [
                    "custom_metadata": [
                        "tenure_identity": "cut-1", "tenure_organization": .string(place.organization),
                    ]
                ])
            let proxy = try FaultProxy(to: place.admin.url, caFile: nil, seed: seed, percent: 25)
            let connector = try place.connector(url: proxy.url)
            let fact = Fact.credential(
                Credential(
                    identity: Shop.person("cut-1").identity, id: "kv/\(place.kv)|\(path)", createdAt: nil,
                    lastUsedAt: nil))
            try await insist { try await connector.remove(fact) }
            let metadata = try await place.admin.require(.get, "\(place.kv)/metadata/\(path)")["data"]
            #expect(metadata?["current_version"] == 2, "seed \(seed)")
            #expect(metadata?["versions"]?["1"]?["destroyed"] == true, "seed \(seed)")
            await connector.close()
            await proxy.stop()
        }
        await place.stop()
    }
}

/// As the engine does it: again and again, while the error says that it may help.
func insist(_ body: () async throws -> Receipt) async throws {
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
