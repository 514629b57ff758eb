import AccessModel
import ConnectorKit
import Foundation
import TestSupport
import Testing

@testable import LDAPConnector

/// The way to a real OpenLDAP server: protection, breaks, rights.
@Suite struct SlapdConnectionTests {
    @Test func startTLSProtectsAPlainConnection() async throws {
        guard let server = try LDAPSlapd.start() else { return }
        let connector = try LDAPWorld(server).with(["url": .string(server.plainURL)]).connector()
        #expect(try await connector.check().description.hasPrefix("OpenLDAP"))
        try await connector.put(try sample("e-0001"))
        #expect(try await connector.observe(.everything).accounts().count == 1)
        await connector.close()
    }

    @Test(arguments: [true, false])
    func aServerOfAnotherAuthorityIsRefused(_ isStartTLS: Bool) async throws {
        guard let server = try LDAPSlapd.start() else { return }
        let folder = try LDAPFolder()
        let stranger = try LDAPCertificates(folder, address: "127.0.0.1")
        let url = isStartTLS ? server.plainURL : server.url
        let world = try LDAPWorld(server).with(["url": .string(url), "ca_file": .string(stranger.caFile)])
        let connector = try world.connector()
        let error = try await failure { _ = try await connector.check() }
        #expect(error.code == .unreachable && error.message.contains("certificate"), "\(error)")
        #expect(try await failure { try await connector.put(try sample("e-0001")) }.code == error.code)
        #expect(try server.search("(uid=e-0001)") == "")
        await connector.close()
    }

    @Test func aServerOfAnotherNameIsRefused() async throws {
        guard let server = try LDAPSlapd.start() else { return }
        let url = server.url.replacingOccurrences(of: "127.0.0.1", with: "localhost")
        let connector = try LDAPWorld(server).with(["url": .string(url)]).connector()
        let error = try await failure { _ = try await connector.check() }
        #expect(error.code == .unreachable && error.message.contains("certificate"), "\(error)")
        await connector.close()
    }

    @Test func aCertificateFileThatIsNotThereIsAnErrorOfTheSettings() async throws {
        guard let server = try LDAPSlapd.start() else { return }
        let connector = try LDAPWorld(server).with(["ca_file": "/nowhere/ca.pem"]).connector()
        #expect(try await failure { _ = try await connector.check() }.code == .configuration)
        await connector.close()
    }

    @Test func aServerThatGoesIsUnreachableAndWorksAgainWhenItIsBack() async throws {
        guard let server = try LDAPSlapd.start() else { return }
        let connector = try LDAPWorld(server).connector()
        let ana = try sample("e-0001")
        try await connector.put(ana)
        server.crash()
        for _ in 0..<3 {
            let error = try await failure { _ = try await connector.observe(.everything) }
            #expect(error.code == .unreachable && error.isRetryable)
        }
        try server.launch()
        #expect(try await connector.put(ana).effect == .alreadyHeld)
        // Gone and back between two calls: the connection that was kept is dead, and nobody notices.
        server.stop()
        try server.launch()
        #expect(try await connector.observe(.everything).accounts().count == 1)
        await connector.close()
    }

    @Test func aServerThatDiesUnderManyChangesLosesNoneOfThem() async throws {
        guard let server = try LDAPSlapd.start() else { return }
        let connector = try LDAPWorld(server).connector()
        try await connector.put(group("crowd"))
        let people = try (0..<60).map { try sample("e-\($0)") }
        try await withThrowingTaskGroup(of: Void.self) { tasks in
            for ana in people {
                tasks.addTask {
                    for fact in [Fact.account(ana), member(ana, of: "crowd")] {
                        while true {
                            do {
                                try await connector.put(fact)
                                break
                            } catch let error as ConnectorError where error.isRetryable {
                                try await Task.sleep(for: .milliseconds(20))
                            }
                        }
                    }
                }
            }
            tasks.addTask {
                while try server.search("(cn=crowd)", ["member"]).components(separatedBy: "member:").count < 12 {
                    try await Task.sleep(for: .milliseconds(5))
                }
                server.crash()
                try server.launch()
            }
            try await tasks.waitForAll()
        }
        let seen = try await connector.observe(.everything)
        #expect(seen.accounts().count == 60)
        #expect(seen.members(of: "crowd") == people.map(\.identity).sorted())
        let held = try server.search("(cn=crowd)", ["member"])
        #expect(held.components(separatedBy: "member: uid=").count == 61)
        await connector.close()
    }

    @Test func theRecommendedRightsAreEnoughAndNoMore() async throws {
        guard let server = try LDAPSlapd.start() else { return }
        let session = try LDAPSession(
            LDAPSettings(LDAPWorld(server).configuration).endpoint)
        try await LDAPWorld(server).connector().put(try sample("e-0001"))
        let dn = "uid=e-0001,ou=people,dc=example,dc=org"
        for (dn, change) in [
            (dn, Modification.set("userPassword", "stolen")), (dn, .set("description", "x")),
            ("dc=example,dc=org", .set("description", "x")),
            (server.tenureDN, .set("description", "x")),
            ("cn=default,ou=policies,dc=example,dc=org", .set("pwdLockout", "FALSE")),
        ] {
            let error = #expect(throws: LDAPFailure.self) { try session.modify(dn, [change]) }
            #expect(error?.resultCode == .insufficientAccessRights, "\(dn) \(change)")
        }
    }

    @Test func theFlavourMustBeTheServers() async throws {
        guard let server = try LDAPSlapd.start() else { return }
        let connector = try LDAPWorld(server).with(["flavor": "active-directory"]).connector()
        #expect(try await failure { _ = try await connector.check() }.code == .configuration)
        await connector.close()
    }

    @Test func anIdleServerDoesNotHoldUpOtherWork() async throws {
        guard let server = try LDAPSlapd.start() else { return }
        let connector = try LDAPWorld(server).with(["connections": 2]).connector()
        // Many more than there are connections, and than there are threads.
        let counts = try await withThrowingTaskGroup(of: Int.self) { group in
            for _ in 0..<50 { group.addTask { try await connector.observe(.everything).facts.count } }
            return try await group.reduce(into: [Int]()) { $0.append($1) }
        }
        #expect(counts == Array(repeating: 0, count: 50))
        await connector.close()
    }
}
