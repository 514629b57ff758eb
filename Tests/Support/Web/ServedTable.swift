import Logging
import ServiceLifecycle
import Synchronization
import WebServer

/// Routes on a server of their own, on loopback.
public enum ServedTable {
    /// Runs `body` with the port of a server that answers by these routes, and ends it afterwards.
    public static func serve(
        _ table: RouteTable, _ settings: WebSettings = WebSettings(),
        _ body: @escaping @Sendable (Int) async throws -> Void
    ) async throws {
        var logger = Logger(label: "test")
        logger.logLevel = .critical
        let counter = Mutex(0)
        let web = WebService(table, settings: settings, logger: logger) {
            counter.withLock { count in
                count += 1
                return "req-\(count)"
            }
        }
        let (listening, continuation) = AsyncStream.makeStream(of: Int.self)
        // Ended as a server is: a connection that was taken and not looked at yet must not be dropped.
        var configuration = ServiceGroupConfiguration(
            services: [Serving(web: web, listening: { continuation.yield($0) })], logger: logger)
        configuration.maximumGracefulShutdownDuration = .seconds(3)
        let server = ServiceGroup(configuration: configuration)
        try await withThrowingTaskGroup(of: Void.self) { group in
            group.addTask { try await server.run() }
            var ports = listening.makeAsyncIterator()
            do {
                try await body(await ports.next() ?? 0)
            } catch {
                await server.triggerGracefulShutdown()
                throw error
            }
            await server.triggerGracefulShutdown()
            do {
                try await group.waitForAll()
            } catch is CancellationError {
                // That is how it ends where somebody holds on to a connection.
            }
        }
    }

    private struct Serving: Service {
        let web: WebService
        let listening: @Sendable (Int) -> Void

        func run() async throws { try await web.run { listening($0) } }
    }
}
