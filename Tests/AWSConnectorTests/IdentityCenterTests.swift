import AWSConnector
import AccessModel
import ConnectorKit
import StrictJSON
import TestSupport
import Testing

@Suite("IAM Identity Center on moto", .serialized)
struct IdentityCenterTests {
    @Test("the conformance suite; every request by the vendor's models")
    func conformance() async throws {
        guard let server = try await MotoServer.start() else { return }
        defer { server.stop() }
        let world = try IdentityCenterWorld(server)
        defer { world.stop() }
        let report = try await ConnectorConformance.run(
            makeConnector: { try IdentityCenter($0) }, world: world)
        print(report)
        #expect(report.failures == [])
        let lines = try server.validateRequests()
        #expect(lines.filter { $0.hasPrefix("wrong") } == [])
        #expect(lines.count > 15, "\(lines)")
    }
}
