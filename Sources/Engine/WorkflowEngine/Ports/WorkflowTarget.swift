import AccessModel
import ConnectorKit

/// A connected system as the workflow needs it: how to reach it, and how fast.
public struct WorkflowTarget: Sendable {
    public let name: Slug
    public let connector: any Connector
    /// False for a target in report mode: no step is ever opened for it.
    public let isEnforced: Bool
    /// What time-to-revoke is measured on.
    public let isCritical: Bool
    /// Calls a second, over both lanes.
    public let requestsPerSecond: Double
    /// Calls at once, over both lanes.
    public let concurrency: Int

    public init(
        name: Slug, connector: any Connector, isEnforced: Bool = true, isCritical: Bool = false,
        requestsPerSecond: Double = 50, concurrency: Int = 8
    ) {
        self.name = name
        self.connector = connector
        self.isEnforced = isEnforced
        self.isCritical = isCritical
        self.requestsPerSecond = requestsPerSecond
        self.concurrency = concurrency
    }
}
