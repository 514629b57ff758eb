import Crypto
import Foundation

extension Workload {
    /// Signed webhooks at an even rate, with the server's memory looked at every ten seconds; `--seconds 3600` for an hour.
    static let hrIntake = Workload(
        "hr-intake", area: "Server", title: "200 HR events a second by signed webhook, and the server's memory"
    ) { bench in
        let size = 10_000
        let seconds = bench.duration(60)
        let events = HREvents(people: size)
        let place = try TenurePlace { folder, environment in
            try Enterprise(size: size).write(to: URL(filePath: folder.path("organization")))
            try TenurePlace.run(["people", "import", folder.path("organization/people.csv")], environment)
        }
        let secret = place.path("hr-secret")
        try Data(events.secret.utf8).write(to: URL(filePath: secret))
        try FileManager.default.setAttributes([.posixPermissions: 0o600], ofItemAtPath: secret)
        let service = try TenureService(place, settings: ["hr.secrets=file:\(secret)"])
        // Whoever watches its memory may hold it for a moment more, and the process of the benchmark ends before.
        defer { service.server.stop() }
        var load = LoadGenerator(port: service.port)
        load.status = 202
        let watch = MemoryWatch(service.server) { bench.note($0) }
        let result = try load.run(rate: 200, for: seconds, events.request)
        let memory = watch.stop()
        bench.record("events a second, of 200 sent", size: size, unit: "1/s", result.rate, goal: .atLeast(199))
        bench.record("answered, p50", size: size, unit: "ms", result.latencies.median * 1_000)
        bench.record("answered, p99", size: size, unit: "ms", result.latencies.quantile(0.99) * 1_000)
        guard let last = memory.last else { return }
        // What is read and kept once is there after a sixth of the time.
        let settled = memory[memory.count / 6]
        bench.record(
            "memory after \(Figure.grouped(Int(seconds))) s", size: size, unit: "MiB", last, samples: memory,
            goal: .atMost(1.1, times: "memory after a sixth"), references: [Reference("memory after a sixth", settled)])
    }
}

/// Nine of ten move somebody who is there, one names somebody new.
private struct HREvents: Sendable {
    let people: Int
    private let key = SymmetricKey(data: Array("a secret of the benchmark's own!".utf8))
    private let source = "hr/bench"

    init(people: Int) { self.people = people }

    var secret: String { "whsec_" + Data(key.withUnsafeBytes { Array($0) }).base64EncodedString() }

    var request: LoadGenerator.Request {
        { number in
            let body = event(number, at: Date())
            let timestamp = Int(Date().timeIntervalSince1970)
            let id = "msg-\(number)"
            let signed = HMAC<SHA256>.authenticationCode(for: Array("\(id).\(timestamp).\(body)".utf8), using: key)
            let signature = Data(signed).base64EncodedString()
            return HTTPText.post(
                "/hooks/hr", type: "application/cloudevents+json",
                headers:
                    "webhook-id: \(id)\r\nwebhook-timestamp: \(timestamp)\r\nwebhook-signature: v1,\(signature)\r\n",
                body)
        }
    }

    private func event(_ number: Int, at time: Date) -> String {
        let isNew = number.isMultiple(of: 10)
        let person = isNew ? "n-\(number)" : "e-" + Enterprise.padded(number &* 7_919 % people, 7)
        let data =
            isNew
            ? """
            {"email":"new.\(number)@mountainlab.io","given_name":"Ana","family_name":"Moreno","type":"employee",\
            "department":"Data"}
            """ : "{\"department\":\"Data \(number % 5)\",\"title\":\"Engineer \(number % 7)\"}"
        return """
            {"specversion":"1.0","id":"bench-\(number)","source":"\(source)",\
            "type":"io.tenure.identity.\(isNew ? "joined" : "moved")","time":"\(time.formatted(.iso8601))",\
            "subject":"\(person)","data":{"person":\(data)}}
            """
    }
}

/// What a server holds, every ten seconds.
private final class MemoryWatch: @unchecked Sendable {
    private let lock = NSLock()
    private var samples: [Double] = []
    private var isOver = false

    init(_ server: ServedProcess, _ say: @escaping @Sendable (String) -> Void) {
        let begin = Stopwatch.wall.seconds
        Thread.detachNewThread { [weak self] in
            var next = 10.0
            while let self, !self.lock.withLock({ self.isOver }) {
                usleep(100_000)
                guard Stopwatch.wall.seconds - begin >= next else { continue }
                let now = server.residentMemory
                self.lock.withLock { self.samples.append(now) }
                say("\(Int(next)) s: \(Figure.text(now)) MiB")
                next += 10
            }
        }
    }

    func stop() -> [Double] {
        lock.withLock {
            isOver = true
            return samples
        }
    }
}
