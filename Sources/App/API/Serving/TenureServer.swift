import AccessModel
import ControlPlane
import Lifecycle
import Logging
import Notices
import ServiceLifecycle
import Tracing
import WebServer

/// `tenure serve`: what answers, and what works, in one process. It ends gracefully on SIGTERM and SIGINT: what has
/// begun is finished within the grace time, or left to whoever comes next.
public struct TenureServer: Sendable {
    /// What a server is made of.
    public struct Parts: Sendable {
        /// Nil where it answers nobody.
        public var web: WebSettings?
        public var branches: [RouteTable.Branch]
        /// Nil where other processes do the work.
        public var work: Installation.WatchSettings?
        /// Nil where definitions are applied by hand.
        var definitions: DefinitionRun?
        /// What is done every minute, and at the end; nil for nothing.
        var housekeeping: (@Sendable () async throws -> Void)?
        /// By which what is done is traced; nil for nothing.
        var tracer: (any Tracer)?
        /// How long an end may take.
        public var grace: Duration
        public var logger: Logger

        public init(
            web: WebSettings?, branches: [RouteTable.Branch], work: Installation.WatchSettings?,
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
    /// Rung where something was taken in.
    private let bell: WorkBell

    public init(_ installation: Installation, _ parts: Parts, bell: WorkBell = WorkBell()) {
        self.installation = installation
        self.parts = parts
        self.bell = bell
    }

    /// Serves until it is told to end.
    ///
    /// - Parameter listening: Told of the port once requests are taken; of 0, once it works, where it takes none.
    public func run(listening: @escaping @Sendable (Int) async -> Void) async throws {
        var services: [any Service] = []
        if let work = parts.work {
            let node = try await WorkNode.join(installation, bell: bell)
            services.append(WorkRun(node: node, settings: work, logger: parts.logger))
            if var definitions = parts.definitions {
                definitions.isLeading = { node.isLeading }
                services.append(definitions)
            }
        } else {
            parts.logger.info("all work is left to workers")
        }
        if let housekeeping = parts.housekeeping {
            services.append(HousekeepingRun(work: housekeeping, logger: parts.logger))
        }
        if let settings = parts.web {
            let web = WebService(RouteTable(parts.branches), settings: settings, logger: parts.logger) {
                "req-" + Installation.newID()
            }
            services.append(WebRun(web: web, listening: listening))
        } else {
            await listening(0)
        }
        var configuration = ServiceGroupConfiguration(
            services: services, gracefulShutdownSignals: [.sigterm, .sigint], logger: parts.logger)
        configuration.maximumGracefulShutdownDuration = parts.grace
        let group = ServiceGroup(configuration: configuration)
        guard let tracer = parts.tracer else { return try await group.run() }
        try await withTracer(tracer) { try await group.run() }
    }
}

private struct WebRun: Service, CustomStringConvertible {
    /// As the log names it; what it is made of is nobody's business.
    let description = "web"
    let web: WebService
    let listening: @Sendable (Int) async -> Void

    func run() async throws { try await web.run(listening: listening) }
}

private struct HousekeepingRun: Service, CustomStringConvertible {
    let description = "housekeeping"
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
private struct WorkRun: Service, CustomStringConvertible {
    let description = "work"
    let node: WorkNode
    let settings: Installation.WatchSettings
    let logger: Logger

    func run() async throws {
        let (node, settings, logger) = (node, settings, logger)
        let presence = Task {
            await node.stay { logger.info("\($0 ? "this process leads" : "another process leads")") }
        }
        // Whoever is told to stop finishes first what it has in hand, and then makes room for the next to lead.
        await cancelWhenGracefulShutdown {
            await node.tellingMeanwhile(report: { WorkLog(logger).tell($0) }) {
                await node.work(settings) { WorkLog(logger).tell($0) }
            }
        }
        presence.cancel()
        await presence.value
        await node.leave()
    }
}
