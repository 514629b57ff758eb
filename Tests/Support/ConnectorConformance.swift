import AccessModel
import ConnectorKit

/// What every connector must do, whatever its system: the guarantees of ``Connector``, put to the test.
public enum ConnectorConformance {
    /// Runs every check that the target's abilities allow, on a target of its own, and goes on after a failure.
    ///
    /// - Parameters:
    ///   - makeConnector: As the connector's factory makes it. It is called often: a connector keeps nothing, so a new
    ///     one must go on where the last one stopped.
    ///   - world: The target.
    public static func run(
        makeConnector: @escaping @Sendable (ConnectorConfiguration) throws -> any Connector,
        world: any ConformanceWorld
    ) async throws -> ConformanceReport {
        let run = try ConformanceRun(makeConnector: makeConnector, world: world)
        await run.reach()
        await run.accounts()
        await run.groups()
        await run.memberships()
        await run.otherKinds()
        await run.foreigners()
        await run.observations()
        await run.mishaps()
        await run.refusals()
        await run.secrets()
        return await run.finish()
    }
}
