import Logging
import Synchronization
import WebServer

extension APIPlace {
    /// Runs `body` with the address of a server that answers on loopback.
    func served(_ body: @escaping @Sendable (String) async throws -> Void) async throws {
        var logger = Logger(label: "api")
        logger.logLevel = .critical
        let counter = Mutex(0)
        let web = WebService(table, settings: WebSettings(), logger: logger) {
            counter.withLock { count in
                count += 1
                return "req-\(count)"
            }
        }
        try await withThrowingTaskGroup(of: Void.self) { group in
            let (listening, continuation) = AsyncStream.makeStream(of: Int.self)
            group.addTask { try await web.run { continuation.yield($0) } }
            var ports = listening.makeAsyncIterator()
            let port = await ports.next() ?? 0
            try await body("http://127.0.0.1:\(port)")
            group.cancelAll()
            do {
                try await group.waitForAll()
            } catch is CancellationError {
                // That is how it ends.
            }
        }
    }
}
