import AccessModel
import StrictJSON
import TestSupport
import Testing

@testable import SCIMServer

@Suite("Clients") struct ClientTests {
    private func refusal(_ body: () async throws -> Void) async -> SCIMClientDesk.Refusal.Code? {
        do {
            try await body()
            return nil
        } catch {
            return (error as? SCIMClientDesk.Refusal)?.code
        }
    }

    @Test("are made, listed, rotated and revoked, each with a record") func lifecycle() async throws {
        try await withWorld { world in
            let issued = try await world.desk.add("hr-suite", personIdentity: .employeeNumber, leaver: .suspended)
            let token = issued.token.reveal()
            #expect(token.hasPrefix("tenure_scim_") && token.utf8.count == 12 + 43)
            #expect("\(issued.token)" == "[secret]")
            let kept = try await world.database.read { session in
                try session.query("SELECT token_hash FROM scim_clients WHERE name = 'hr-suite'").first?.text(0)
            }
            #expect(kept == TokenDigest(token: token).hex && kept?.contains(token) == false)
            #expect(await refusal { _ = try await world.desk.add("hr-suite") } == .exists)
            for name in ["", "HR", "a b", "-x", String(repeating: "a", count: 33), "é"] {
                #expect(await refusal { _ = try await world.desk.add(name) } == .invalid)
            }
            #expect(await refusal { _ = try await world.desk.rotate("nobody") } == .unknown)
            _ = try await world.desk.rotate("hr-suite")
            _ = try await world.desk.revoke("hr-suite")
            #expect(await refusal { _ = try await world.desk.revoke("hr-suite") } == .revoked)
            #expect(await refusal { _ = try await world.desk.rotate("hr-suite") } == .revoked)
            // A name is used once, for good.
            #expect(await refusal { _ = try await world.desk.add("hr-suite") } == .exists)
            let list = try await world.desk.list()
            #expect(list.map(\.name.text) == ["hr-suite", "okta", "workday"])
            #expect(list[0].personIdentity == .employeeNumber && list[0].leaver == .suspended)
            #expect(list[0].revokedAt != nil && list[1].revokedAt == nil)
            let records = try await world.records().filter { $0.subject == "scim:hr-suite" }
            #expect(records.map(\.type) == ["scim.client.created", "scim.client.rotated", "scim.client.revoked"])
            #expect(records.allSatisfy { $0.actor == "e-0001" && !$0.body.compactText.contains("tenure_scim_") })
        }
    }

    @Test("when one was last seen is kept, to within minutes") func lastUse() async throws {
        try await withWorld { world in
            #expect(try await world.desk.list()[0].lastUsedAt == nil)
            _ = await world.get("/Users")
            let first = try #require(try await world.desk.list()[0].lastUsedAt)
            _ = await world.get("/Users")
            _ = await world.add("a")
            #expect(try await world.desk.list()[0].lastUsedAt == first)
            world.clock.advance(by: .minutes(6))
            _ = await world.add("b")
            let second = try #require(try await world.desk.list()[0].lastUsedAt)
            #expect(second > first)
            world.clock.advance(by: .minutes(6))
            _ = await world.get("/Users")
            #expect(try #require(try await world.desk.list()[0].lastUsedAt) > second)
        }
    }

    @Test("base64url reads what it wrote and nothing else") func urlSafeText() {
        for count in 0..<40 {
            let bytes = (0..<count).map { _ in UInt8.random(in: .min ... .max) }
            #expect(URLSafeText.decode(URLSafeText.encode(bytes)) == bytes)
        }
        #expect(URLSafeText.encode([0xFB, 0xFF]) == "-_8")
        for bad in ["A", "AB", "AAA=", "A A", "+/+/", "é"] { #expect(URLSafeText.decode(bad) == nil) }
    }
}
