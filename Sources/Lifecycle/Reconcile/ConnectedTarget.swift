import AccessModel
import ConnectorKit
import Definitions

/// A system that the organisation's files name, and the connector that was made for it.
public struct ConnectedTarget: Sendable {
    public let definition: TargetDefinition
    public let abilities: TargetAbilities
    /// The connector, or why there is none: a credential that is missing, settings that are wrong.
    public let connector: Result<any Connector, ConnectorError>

    public init(
        definition: TargetDefinition, abilities: TargetAbilities, connector: Result<any Connector, ConnectorError>
    ) {
        self.definition = definition
        self.abilities = abilities
        self.connector = connector
    }

    public var name: Slug { definition.name }

    /// Lets go of connections and files. Nothing may be asked of it afterwards.
    public func close() async {
        if case .success(let connector) = connector { await connector.close() }
    }
}

/// Makes the connectors of an organisation's targets. The composition root hands it in, so that the lifecycle knows
/// no vendor.
public typealias TargetConnecting = @Sendable (Organization) -> [ConnectedTarget]
