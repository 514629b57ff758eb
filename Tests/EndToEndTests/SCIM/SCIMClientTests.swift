import StrictJSON
import TestSupport
import Testing

/// SCIM clients by the real command.
@Suite struct SCIMClientTests {
    @Test func areMadeListedRotatedAndRevoked() async throws {
        let rehearsal = try await Rehearsal.applied()
        let added = try await rehearsal.expect(
            0, "scim", "client", "add", "okta", "--leaver", "suspended", "-o", "json")
        let made = try JSONParser.parse(added.output)
        let token = made["token"]?.string ?? ""
        #expect(token.hasPrefix("tenure_scim_") && made["leaver"] == "suspended" && made["person_id"] == "id")

        let again = try await rehearsal.expect(1, "scim", "client", "add", "okta")
        #expect(again.errors.contains("there is a client `okta` already"))
        try await rehearsal.expect(1, "scim", "client", "add", "Okta Inc")
        try await rehearsal.expect(1, "scim", "client", "add", "x", "--person-id", "email")

        let rotated = try await rehearsal.expect(0, "scim", "client", "rotate", "okta")
        #expect(rotated.output.contains("token   tenure_scim_") && !rotated.output.contains(token))
        try await rehearsal.expect(0, "scim", "client", "revoke", "okta")
        try await rehearsal.expect(1, "scim", "client", "revoke", "okta")
        try await rehearsal.expect(1, "scim", "client", "rotate", "nobody")

        let list = try await rehearsal.expect(0, "scim", "client", "list", "-o", "json")
        let clients = try JSONParser.parse(list.output).array ?? []
        #expect(clients.count == 1 && clients[0]["revoked_at"]?.string?.isEmpty == false)
        let log = try await rehearsal.expect(0, "audit", "log", "-o", "json")
        for type in ["scim.client.created", "scim.client.rotated", "scim.client.revoked"] {
            #expect(log.output.contains(type))
        }
        // A token is shown once, and nowhere else.
        for output in [list.output, log.output] { #expect(!output.contains("tenure_scim_")) }
    }
}
