import Foundation
import TestSupport

/// DBOS Transact for Python on the same PostgreSQL: as many workflows of as many steps, all started at once.
enum DBOSPeer {
    static func rate(workflows: Int, steps: Int, _ bench: Bench) throws -> Reference {
        let python = ".build/benchmarks/peers/bin/python3"
        guard FileManager.default.isExecutableFile(atPath: python) else {
            return bench.skip("DBOS", why: "not installed; Scripts/install-bench-peers.sh does")
        }
        guard let server = try BenchServer.postgreSQL.get() else { return bench.skip("DBOS", why: "no PostgreSQL") }
        let place = try PostgreSQLTestDatabase(on: server)
        defer { withExtendedLifetime(place) {} }
        let process = Process()
        process.executableURL = URL(fileURLWithPath: python)
        process.arguments = ["Benchmarks/peers/dbos_workflows.py", place.address, "\(workflows)", "\(steps)"]
        let output = Pipe()
        process.standardOutput = output
        process.standardError = FileHandle.nullDevice
        try process.run()
        let data = output.fileHandleForReading.readDataToEndOfFile()
        process.waitUntilExit()
        let last = String(decoding: data, as: UTF8.self).split(separator: "\n").last.flatMap { Double($0) }
        guard process.terminationStatus == 0, let last else {
            return bench.skip("DBOS", why: "it ended with \(process.terminationStatus)")
        }
        return Reference("DBOS", last)
    }
}
