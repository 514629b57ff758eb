import AccessModel
import Foundation
import Persistence

extension Workload {
    /// A user looked for by name among few and among many, each on a server of its own, in turns.
    static let scimFilter = Workload(
        "scim-filter", area: "Server", title: "SCIM filter by userName at 1,000 and at 1,000,000 users, 8 connections"
    ) { bench in
        let sizes = bench.sizes([1_000, 1_000_000])
        var servers: [(size: Int, scim: SCIMEndpoint)] = []
        for size in sizes {
            let place = try TenurePlace()
            let begin = Stopwatch.wall.seconds
            try await SCIMRows.fill(place, size)
            bench.note("\(size) users written in \(Int(Stopwatch.wall.seconds - begin)) s")
            servers.append((size, try TenureService(place).scim))
        }
        var found: [Int: [LoadResult]] = [:]
        var pages: [Int: [LoadResult]] = [:]
        for round in 0...5 {
            for server in servers {
                let load = LoadGenerator(port: server.scim.port)
                let find = try load.run(
                    for: bench.duration(2), from: round * 100_003, server.scim.find(among: server.size))
                let page = try load.run(for: bench.duration(1), server.scim.page())
                guard round > 0 else { continue }
                found[server.size, default: []].append(find)
                pages[server.size, default: []].append(page)
            }
        }
        record("filter by userName", found, sizes, bench)
        record("first page of 100, with totalResults", pages, sizes, bench)
    }

    private static func record(_ measure: String, _ results: [Int: [LoadResult]], _ sizes: [Int], _ bench: Bench) {
        func median(_ size: Int, _ value: (LoadResult) -> Double) -> Double {
            Samples((results[size] ?? []).map(value)).median
        }
        for size in sizes {
            let rates = (results[size] ?? []).map(\.rate).sorted()
            bench.record(
                "\(measure), a second", size: size, unit: "1/s", median(size, \.rate), samples: rates)
            bench.record("\(measure), p50", size: size, unit: "ms", median(size) { $0.latencies.median * 1_000 })
        }
        guard let smallest = sizes.first, let largest = sizes.last, smallest != largest else { return }
        bench.record(
            "\(measure), p50, largest against smallest", unit: "",
            median(largest) { $0.latencies.median } / median(smallest) { $0.latencies.median }, goal: .atMost(1.1))
    }
}

/// Users as rows of the table, written without the server: a million by requests would take most of an hour.
enum SCIMRows {
    static func fill(_ place: TenurePlace, _ count: Int) async throws {
        let database = try await SQLiteDatabase.open(place.statePath)
        for start in stride(from: 0, to: count, by: 20_000) {
            let rows = (start..<min(start + 20_000, count)).map(row)
            try await database.write { session in
                try session.execute(
                    """
                    INSERT INTO scim_resources (seq, id, client, kind, user_name, active, body, search, version, created_at,
                        modified_at) VALUES ($1, $2, 'bench', 'User', $3, 1, $4, $5, 1, $6, $7)
                    """, batch: rows)
                try session.execute(
                    """
                    INSERT INTO scim_counts (client, kind, resources) VALUES ('bench', 'User', $1)
                    ON CONFLICT (client, kind) DO UPDATE SET resources = $2
                    """, [.int(start + rows.count), .int(start + rows.count)])
            }
        }
        await database.close()
    }

    private static func row(_ number: Int) -> [SQLValue] {
        let name = SCIMEndpoint.userName(number)
        let body = """
            {"userName":"\(name)","name":{"givenName":"Ana","familyName":"Moreno"},\
            "emails":[{"value":"\(name)@mountainlab.io","primary":true}],"active":true}
            """
        let search = """
            {"name":{"familyname":"moreno","givenname":"ana"},\
            "emails":[{"value":"\(name)@mountainlab.io","primary":"true"}]}
            """
        let now = SQLValue.instant(Enterprise.now)
        return [
            .int(number + 1), .text("u-" + Enterprise.padded(number, 26)), .text(name), .text(body), .text(search), now,
            now,
        ]
    }
}
