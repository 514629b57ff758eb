import Logging
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
        try await withThrowingTaskGroup(of: Void.self) { group in
            let (listening, continuation) = AsyncStream.makeStream(of: Int.self)
            group.addTask { try await web.run { continuation.yield($0) } }
            var ports = listening.makeAsyncIterator()
            try await body(await ports.next() ?? 0)
            group.cancelAll()
            do {
                try await group.waitForAll()
            } catch is CancellationError {
                // That is how it ends.
            }
        }
    }
}
