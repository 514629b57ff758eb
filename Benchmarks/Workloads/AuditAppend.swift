import AccessModel
import AuditTrail
import Foundation
import Persistence
import StrictJSON
import Synchronization
import TestSupport

extension Workload {
    /// Records of 256 bytes, each asked for by a caller of its own who waits until it is durable, and a signed
    /// checkpoint for every thousand. The limit is the same bytes in the same batches, written and flushed raw.
    static let auditAppend = Workload(
        "audit-append", area: "Audit log", title: "append of 256 bytes, tree and signed checkpoint, durable"
    ) { bench in
        for kind in Workplace.Kind.allCases {
            for callers in bench.sizes([1, 64, 256]) {
                var found: AppendRun?
                let isThere = try await Workplace.with(kind) { place in
                    _ = try await AppendRun.measure(on: place.database, callers: callers, records: callers * 4)
                    found = try await AppendRun.measure(
                        on: place.database, callers: callers, records: callers == 1 ? 200 : callers * 40)
                }
                guard isThere, let found else {
                    bench.note("SKIPPED \(kind.rawValue): it is not installed")
                    break
                }
                let raw = try RawDisk.appendRate(batch: callers, bytes: 256, batches: 40)
                let flush = try RawDisk.flushSeconds(count: 100).median * 1_000
                bench.record(
                    "records a second, \(kind.rawValue), \(callers) at once", size: callers, unit: "1/s", found.rate,
                    goal: .atLeast(0.5, times: "raw fdatasync"), references: [Reference("raw fdatasync", raw)])
                bench.record(
                    "p99, \(kind.rawValue), \(callers) at once", size: callers, unit: "ms", found.p99 * 1_000,
                    goal: .atMost(3, times: "one fdatasync"), references: [Reference("one fdatasync", flush)])
            }
        }
    }
}

/// What many callers at once came to.
struct AppendRun: Sendable {
    let rate: Double
    let p99: Double

    static func measure(on database: any Database, callers: Int, records: Int) async throws -> AppendRun {
        let signer = try CheckpointSigner(name: "tenure/bench", seed: [UInt8](repeating: 7, count: 32))
        let tally = Tally()
        let start = Stopwatch.wall.seconds
        try await withThrowingTaskGroup(of: Void.self) { group in
            for _ in 0..<callers {
                group.addTask {
                    for _ in 0..<max(1, records / callers) {
                        let begin = Stopwatch.wall.seconds
                        try await database.transact { _, records in records.append(record()) }
                        guard tally.add(Stopwatch.wall.seconds - begin).isMultiple(of: 1_000) else { continue }
                        try await database.write { session in
                            _ = try AuditLog(session).seal(signer, at: WallClock().now())
                        }
                    }
                }
            }
            try await group.waitForAll()
        }
        let taken = Stopwatch.wall.seconds - start
        let samples = tally.samples
        return AppendRun(rate: Double(samples.seconds.count) / taken, p99: samples.quantile(0.99))
    }

    /// Seconds of all callers.
    private final class Tally: Sendable {
        private let seconds = Mutex<[Double]>([])

        /// How many there are now.
        func add(_ second: Double) -> Int {
            seconds.withLock { seconds in
                seconds.append(second)
                return seconds.count
            }
        }

        var samples: Samples { Samples(seconds.withLock { $0 }) }
    }

    /// About 256 bytes as a leaf.
    private static func record() -> Record {
        var body = JSONObject()
        body["text"] = .string(String(repeating: "x", count: 130))
        return Record(
            at: WallClock().now(), type: "bench.record", actor: "bench", subject: "p-1", caseID: "case-1",
            body: .object(body))
    }
}

/// What the disk does by itself.
enum RawDisk {
    /// Records a second when `batch` of them are appended and flushed together.
    static func appendRate(batch: Int, bytes: Int, batches: Int) throws -> Double {
        let seconds = try flushSeconds(count: batches, bytes: batch * bytes)
        return Double(batch) / seconds.median
    }

    /// Seconds of an append and its flush.
    static func flushSeconds(count: Int, bytes: Int = 4_096) throws -> Samples {
        let folder = try BenchFolder()
        let descriptor = open(folder.path("raw"), O_CREAT | O_WRONLY | O_APPEND, 0o600)
        guard descriptor >= 0 else { throw EnterpriseError(description: "cannot write to \(folder.path("raw"))") }
        defer { close(descriptor) }
        let block = [UInt8](repeating: 0x78, count: bytes)
        var seconds: [Double] = []
        for run in 0..<count + 5 {
            let start = Stopwatch.wall.seconds
            guard write(descriptor, block, block.count) == block.count, fdatasync(descriptor) == 0 else {
                throw EnterpriseError(description: "the disk refused a write")
            }
            if run >= 5 { seconds.append(Stopwatch.wall.seconds - start) }
        }
        return Samples(seconds)
    }
}
