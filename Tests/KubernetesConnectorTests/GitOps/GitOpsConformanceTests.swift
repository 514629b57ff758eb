import AccessModel
import ConnectorKit
import StrictJSON
import TestSupport
import Testing

@testable import KubernetesConnector

/// What every connector must do, where each change is proposed, merged at once, and brought to the cluster.
@Suite struct GitOpsConformanceTests {
    @Test(arguments: [ForgeDouble.Kind.github, .gitlab])
    func conforms(_ kind: ForgeDouble.Kind) async throws {
        guard let place = try GitOpsWorld.make(kind) else { return }
        let world = try KubernetesWorld(
            place.cluster, ["gitops": place.settings()], moreSecrets: [ForgeDouble.token])
        defer { world.stop() }
        let report = try await ConnectorConformance.run(
            makeConnector: { KeptUp(connector: try KubernetesCluster($0), place: place) }, world: world)
        #expect(report.failures == [])
        #expect(report.checks.count >= 14, "\(report)")
        #expect(place.forge.all.count > 5 && place.forge.open.isEmpty, "\(place.forge.all.count) requests")
    }

    /// A connector whose proposals are taken up as soon as they are made; what it says of the cluster is its own.
    private struct KeptUp: Connector {
        let connector: KubernetesCluster
        let place: GitOpsWorld

        var abilities: TargetAbilities { connector.abilities }

        func check() async throws(ConnectorError) -> TargetHealth { try await connector.check() }

        func observe(_ scope: ObservationScope) async throws(ConnectorError) -> Observation {
            try await connector.observe(scope)
        }

        func apply(_ change: Change, context: ApplyContext) async throws(ConnectorError) -> Receipt {
            let receipt = try await connector.apply(change, context: context)
            guard receipt.effect == .proposed else { return receipt }
            do {
                for request in place.forge.open { try place.forge.merge(request.number) }
                try place.reconcile()
            } catch {
                throw ConnectorError(code: .invalid, operation: "take a proposal up", message: "\(error)")
            }
            return Receipt(effect: .applied, requestID: receipt.requestID, at: receipt.at, note: receipt.note)
        }

        func close() async { await connector.close() }
    }
}
