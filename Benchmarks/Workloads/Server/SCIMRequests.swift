import Foundation

extension Workload {
    /// The same requests to Tenure and to other SCIM servers, in turns, with as many users in each.
    static let scimRequests = Workload(
        "scim", area: "Server", title: "SCIM GET, filter and durable POST beside other servers, 8 connections"
    ) { bench in
        for size in bench.sizes([10_000]) {
            let folder = try BenchFolder()
            let place = try TenurePlace()
            let tenure = try TenureService(place).scim
            try tenure.fill(size)
            let peers = try SCIMPeers.installed(users: size, folder, bench)
            let all = [tenure] + peers
            var turns = SCIMTurns(all, rounds: 5, seconds: bench.duration(2))
            try turns.take("GET", status: 200) { $0.show() }
            try turns.take("filter", status: 200) { $0.find(among: size) }
            try turns.take("POST", status: 201) { $0.create() }
            turns.record("GET /Users/ID", "GET", size: size, goal: 12, bench)
            turns.record("filter by userName", "filter", size: size, goal: nil, bench)
            turns.record("durable POST /Users", "POST", size: size, goal: 20, bench)
            for (name, title) in [("GET", "GET /Users/ID"), ("POST", "durable POST /Users")] {
                turns.recordLatency(title, name, size: size, bench)
            }
            let idle = try LoadGenerator(port: tenure.port).run(for: bench.duration(2)) { _ in HTTPText.get("/healthz")
            }
            bench.record("what asks, on /healthz", size: size, unit: "1/s", idle.rate)
            withExtendedLifetime((place, folder)) {}
        }
    }
}

/// Rounds in which each server is asked after the other, so that what else the machine does concerns all.
private struct SCIMTurns {
    private let servers: [SCIMEndpoint]
    private let rounds: Int
    private let seconds: Double
    private var results: [String: [String: [LoadResult]]] = [:]

    init(_ servers: [SCIMEndpoint], rounds: Int, seconds: Double) {
        self.servers = servers
        self.rounds = rounds
        self.seconds = seconds
    }

    /// One round warms up.
    mutating func take(_ name: String, status: Int, _ request: (SCIMEndpoint) -> LoadGenerator.Request) throws {
        for round in 0...rounds {
            for server in servers {
                var load = LoadGenerator(port: server.port)
                load.status = status
                let result = try load.run(for: seconds, from: server.nextNumber(), request(server))
                server.used(result)
                if round > 0 { results[name, default: [:]][server.name, default: []].append(result) }
            }
        }
    }

    private func rates(_ name: String, _ server: SCIMEndpoint) -> Samples {
        Samples((results[name]?[server.name] ?? []).map(\.rate))
    }

    func record(_ measure: String, _ name: String, size: Int, goal: Double?, _ bench: Bench) {
        guard let own = servers.first else { return }
        let peers = servers.dropFirst().map { Reference($0.name, rates(name, $0).median) }
        let best = peers.max { $0.value ?? 0 < $1.value ?? 0 }
        let found = rates(name, own)
        bench.record(
            "\(measure), a second", size: size, unit: "1/s", found.median, samples: found.seconds,
            goal: best.flatMap { best in goal.map { Goal.atLeast($0, times: best.name) } }, references: Array(peers))
    }

    func recordLatency(_ measure: String, _ name: String, size: Int, _ bench: Bench) {
        func p99(_ server: SCIMEndpoint) -> Double {
            Samples((results[name]?[server.name] ?? []).map { $0.latencies.quantile(0.99) * 1_000 }).median
        }
        guard let own = servers.first else { return }
        bench.record(
            "\(measure), p99", size: size, unit: "ms", p99(own),
            references: servers.dropFirst().map { Reference($0.name, p99($0)) })
    }
}

extension SCIMPeers {
    /// Those that are installed; it is said of the others that they are not.
    static func installed(users: Int, _ folder: BenchFolder, _ bench: Bench) throws -> [SCIMEndpoint] {
        var found: [SCIMEndpoint] = []
        for (name, program, start) in [
            ("scim2-server", "scim2-server", scim2Server), ("django-scim2", "gunicorn", djangoSCIM2),
        ] {
            if FileManager.default.isExecutableFile(atPath: programs + program) {
                found.append(try start(users, folder))
            } else {
                _ = bench.skip(name, why: PeerProcess.missing)
            }
        }
        return found
    }
}
