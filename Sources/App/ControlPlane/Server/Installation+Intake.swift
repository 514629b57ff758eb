import ConnectorKit
import WebServer

extension Installation {
    /// HR's webhooks as they are configured; none where no secret is, because then nobody could be believed.
    ///
    /// - Parameters:
    ///   - heard: Told after something new is on disk. It may not wait.
    ///   - taken: Told of each event. It may not wait.
    /// - Throws: A `configuration` error where a secret cannot be read.
    public func intakeRoutes(
        _ configuration: ServerConfiguration, environment: [String: String],
        heard: @escaping @Sendable (IntakeRoutes.News) -> Void,
        taken: @escaping @Sendable (IntakeRoutes.TakenEvent) -> Void = { _ in }
    ) throws(ConnectorError) -> [Route] {
        guard let verifier = try configuration.hrVerifier(environment) else { return [] }
        let desks = IntakeDesks(self)
        let clock = clock
        return IntakeRoutes(
            verifier: verifier, settings: configuration.intakeSettings, database: database, now: { clock.now() },
            desk: { try await desks.desk() }, heard: heard, taken: taken
        ).routes
    }
}
