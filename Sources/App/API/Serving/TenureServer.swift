import AccessModel
import ControlPlane
import Lifecycle
import Logging
import Notices
import ServiceLifecycle
import WebServer

/// `tenure serve`: what answers, and what works, in one process. It ends gracefully on SIGTERM and SIGINT: what has
/// begun is finished within the grace time, or left to whoever comes next.
public struct TenureServer: Sendable {
    /// What a server is made of.
    public struct Parts: Sendable {
        public var web: WebSettings
        public var branches: [RouteTable.Branch]
        /// Nil where other processes do the work.
        public var work: Installation.WatchSettings?
        /// Nil where definitions are applied by hand.
        var definitions: DefinitionRun?
        /// What is done every minute, and at the end; nil for nothing.
        var housekeeping: (@Sendable () async throws -> Void)?
        /// How long an end may take.
        public var grace: Duration
        public var logger: Logger

        public init(
            web: WebSettings, branches: [RouteTable.Branch], work: Installation.WatchSettings?,
            grace: Duration = .seconds(20), logger: Logger
        ) {
            self.web = web
            self.branches = branches
            self.work = work
            self.grace = grace
            self.logger = logger
        }
    }

    private let installation: Installation
    private let parts: Parts

    public init(_ installation: Installation, _ parts: Parts) {
        self.installation = installation
        self.parts = parts
    }

    /// Serves until it is told to end.
    ///
    /// - Parameter listening: Told of the port once requests are taken.
    public func run(listening: @escaping @Sendable (Int) async -> Void) async throws {
        let web = WebService(RouteTable(parts.branches), settings: parts.web, logger: parts.logger) {
            "req-" + Installation.newID()
        }
        var services: [any Service] = [WebRun(web: web, listening: listening)]
        if let definitions = parts.definitions { services.append(definitions) }
        if let housekeeping = parts.housekeeping {
            services.append(HousekeepingRun(work: housekeeping, logger: parts.logger))
        }
        if let work = parts.work {
            services.append(WorkRun(installation: installation, settings: work, logger: parts.logger))
        }
        var configuration = ServiceGroupConfiguration(
            services: services, gracefulShutdownSignals: [.sigterm, .sigint], logger: parts.logger)
        configuration.maximumGracefulShutdownDuration = parts.grace
        try await ServiceGroup(configuration: configuration).run()
    }
}

private struct WebRun: Service {
    let web: WebService
    let listening: @Sendable (Int) async -> Void

    func run() async throws { try await web.run(listening: listening) }
}

private struct HousekeepingRun: Service {
    let work: @Sendable () async throws -> Void
    let logger: Logger

    func run() async throws {
        try await cancelWhenGracefulShutdown {
            while !Task.isCancelled {
                do {
                    try await Task.sleep(for: .seconds(60))
                } catch {
                    break
                }
                await attempt()
            }
        }
        await attempt()
    }

    private func attempt() async {
        do {
            try await work()
        } catch {
            logger.error("refusals were not summed up: \(LogText.visible("\(error)"))")
        }
    }
}

/// Works what falls due, and tells what is to be told.
private struct WorkRun: Service {
    let installation: Installation
    let settings: Installation.WatchSettings
    let logger: Logger

    func run() async throws {
        let logger = logger
        try await cancelWhenGracefulShutdown {
            try await installation.tellingMeanwhile(report: { WorkLog(logger).tell($0) }) {
                try await installation.watch(settings) { WorkLog(logger).tell($0) }
            }
        }
    }
}
