import Foundation

extension Workload {
    /// What people ask: how many answers a second there can be, and how long one takes at half of that.
    static let apiReads = Workload(
        "api-reads", area: "Server", title: "API reads: the most a second, p99 at half of it, memory; 8 connections"
    ) { bench in
        for size in bench.sizes([1_000]) {
            let enterprise = Enterprise(size: size)
            let place = try TenurePlace(of: enterprise, bench)
            let service = try TenureService(place, admin: enterprise.person(0))
            service.server.waitUntilIdle()
            let cookie = "Cookie: \(try service.signIn())\r\n"
            let people: LoadGenerator.Request = { number in
                HTTPText.get(
                    "/api/v1/people/\(enterprise.person(number &* 7_919 % size))", headers: cookie)
            }
            let access: LoadGenerator.Request = { number in
                HTTPText.get(
                    "/api/v1/people/\(enterprise.person(number &* 7_919 % size))/access", headers: cookie)
            }
            let groups: LoadGenerator.Request = { number in
                let tenant = enterprise.tenantName(number &* 7_919 % enterprise.tenantCount)
                return HTTPText.get("/api/v1/groups/\(tenant)-live-contributors/members", headers: cookie)
            }
            for (name, request) in [("person", people), ("explain", access), ("who", groups)] {
                try read(name, request, service, size: size, bench)
            }
        }
    }

    private static func read(
        _ name: String, _ request: @escaping LoadGenerator.Request, _ service: TenureService, size: Int, _ bench: Bench
    ) throws {
        let load = LoadGenerator(port: service.port)
        _ = try load.run(for: bench.duration(2), request)
        let before = service.server.residentMemory
        let most = try (0..<3).map { try load.run(for: bench.duration(3), from: $0 * 50_000, request) }
        let limit = Samples(most.map(\.rate)).median
        bench.record("\(name), a second", size: size, unit: "1/s", limit, samples: most.map(\.rate))
        // What the machine makes of as many requests for which next to nothing is done.
        let idle = try load.run(rate: limit / 2, for: bench.duration(5)) { _ in HTTPText.get("/healthz") }
        let paced = try load.run(rate: limit / 2, for: bench.duration(10), request)
        bench.record(
            "\(name), p99 at half of that", size: size, unit: "ms", paced.latencies.quantile(0.99) * 1_000,
            goal: .atMost(10), references: [Reference("/healthz as often", idle.latencies.quantile(0.99) * 1_000)])
        bench.record("\(name), p50 at half of that", size: size, unit: "ms", paced.latencies.median * 1_000)
        let asked = most.reduce(0) { $0 + $1.latencies.seconds.count } + paced.latencies.seconds.count
        bench.record(
            "\(name), memory after \(Figure.grouped(asked)) requests", size: size, unit: "MiB",
            service.server.residentMemory, goal: .atMost(1.1, times: "before"),
            references: [Reference("before", before)])
    }
}

extension TenurePlace {
    /// One in which an organisation is applied, with all that it has made in its target.
    convenience init(of enterprise: Enterprise, _ bench: Bench) throws {
        try self.init { folder, environment in
            let begin = Stopwatch.wall.seconds
            let organization = folder.path("organization")
            try enterprise.write(to: URL(filePath: organization))
            try Self.run(["people", "import", organization + "/people.csv"], environment)
            try Self.run(["apply", organization], environment)
            bench.note("\(enterprise.size) people applied in \(Int(Stopwatch.wall.seconds - begin)) s")
        }
    }
}
