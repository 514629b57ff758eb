import Foundation
import HTTPTypes
import Logging
import Synchronization
import TestSupport
import Testing
import WebServer

/// A program that checks SCIM servers, run against one on loopback.
struct TesterRun {
    let status: Int32
    let output: String

    /// Runs `body` with the address of a server of the world's.
    static func serving(
        _ world: (Int) async throws -> SCIMWorld, _ body: @escaping @Sendable (SCIMWorld, String) async throws -> Void
    )
        async throws
    {
        let port = Int(try LoopbackSocket.freePort())
        let world = try await world(port)
        var logger = Logger(label: "scim")
        logger.logLevel = .critical
        let counter = Mutex(0)
        let web = WebService(world.table, settings: WebSettings(port: port), logger: logger) {
            counter.withLock { count in
                count += 1
                return "req-\(count)"
            }
        }
        try await withThrowingTaskGroup(of: Void.self) { group in
            let (listening, continuation) = AsyncStream.makeStream(of: Int.self)
            group.addTask { try await web.run { continuation.yield($0) } }
            var ports = listening.makeAsyncIterator()
            _ = await ports.next()
            try await body(world, "http://127.0.0.1:\(port)/scim/v2")
            group.cancelAll()
            do {
                try await group.waitForAll()
            } catch is CancellationError {
                // That is how it ends.
            }
        }
    }

    /// Runs a program to its end, for two minutes at most.
    static func run(_ program: String, _ arguments: [String], environment: [String: String] = [:]) async throws
        -> TesterRun
    {
        let process = Process()
        process.executableURL = URL(fileURLWithPath: program)
        process.arguments = arguments
        process.environment = ProcessInfo.processInfo.environment.merging(environment) { $1 }
        let output = Pipe()
        process.standardOutput = output
        process.standardError = output
        try process.run()
        let watch = Task {
            try await Task.sleep(for: .seconds(120))
            kill(process.processIdentifier, SIGKILL)
        }
        let bytes = await withCheckedContinuation { continuation in
            DispatchQueue.global().async {
                let bytes = output.fileHandleForReading.readDataToEndOfFile()
                process.waitUntilExit()
                continuation.resume(returning: bytes)
            }
        }
        watch.cancel()
        return TesterRun(status: process.terminationStatus, output: String(decoding: bytes, as: UTF8.self))
    }
}
