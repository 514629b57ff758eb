import AccessModel
import ConnectorKit

/// Stands for a target that cannot be connected: what is to be done there is kept, says why it waits, and is done once
/// the target is set up rightly.
struct UnavailableConnector: Connector {
    let abilities: TargetAbilities
    let reason: ConnectorError

    func check() async throws(ConnectorError) -> TargetHealth { throw reason }
    func observe(_ scope: ObservationScope) async throws(ConnectorError) -> Observation { throw reason }
    func apply(_ change: Change, context: ApplyContext) async throws(ConnectorError) -> Receipt { throw reason }
}
