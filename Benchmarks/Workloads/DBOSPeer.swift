import Foundation
import TestSupport

/// DBOS Transact for Python on the same PostgreSQL: as many workflows of as many steps, all started at once.
enum DBOSPeer {
    static func rate(workflows: Int, steps: Int, _ bench: Bench) throws -> Reference {
        guard PeerProcess.isInstalled else { return bench.skip("DBOS", why: PeerProcess.missing) }
        guard let server = try BenchServer.postgreSQL.get() else { return bench.skip("DBOS", why: "no PostgreSQL") }
        let place = try PostgreSQLTestDatabase(on: server)
        defer { withExtendedLifetime(place) {} }
        do {
            let said = try PeerProcess.output(
                of: "dbos_workflows.py", [place.address, "\(workflows)", "\(steps)"], isQuiet: true)
            guard let last = said.split(separator: "\n").last.flatMap({ Double($0) }) else {
                return bench.skip("DBOS", why: "it printed `\(said.prefix(80))`")
            }
            return Reference("DBOS", last)
        } catch {
            return bench.skip("DBOS", why: "\(error)")
        }
    }
}
