import AccessModel
import Definitions
import Foundation
import Persistence
import Planning
import Policies
import TestSupport
import WorkflowEngine

/// A new database of its own, on either of the two, and targets in memory.
struct Workplace: Sendable {
    enum Kind: String, CaseIterable, Sendable {
        case sqlite, postgresql
    }

    let database: any Database
    let targets: [Slug: InstantTarget]
    private let owner = UUID().uuidString

    init(database: any Database, targets: [Slug: InstantTarget]) {
        self.database = database
        self.targets = targets
    }

    /// Runs `body` on a database of `kind`; false, and nothing was run, where there is none on this machine.
    static func with(
        _ kind: Kind, targets: [Slug: InstantTarget] = [:], _ body: (Workplace) async throws -> Void
    ) async throws -> Bool {
        guard let place = try BenchPlace(kind) else { return false }
        let database = try await place.open()
        try await Schema.migrate(database, at: WallClock().now())
        do {
            try await body(Workplace(database: database, targets: targets))
        } catch {
            await database.close()
            throw error
        }
        await database.close()
        return true
    }

    func workflow(crashPoint: @escaping CrashPoint = { _ in }) -> Workflow {
        Workflow(
            database: database,
            targets: targets.map { name, target in
                WorkflowTarget(
                    name: name, connector: target, isCritical: true, requestsPerSecond: 1_000_000, concurrency: 16)
            }, settings: WorkflowSettings(owner: owner), clock: WallClock(), crashPoint: crashPoint)
    }

    /// A small organisation with these targets.
    static func organization(targets names: [Slug]) throws -> Organization {
        var organization = try Enterprise(size: 100).organization()
        organization.targets = organization.targets.prefix(1).flatMap { target in
            names.map { name in
                var named = target
                named.name = name
                return named
            }
        }
        return organization
    }

    /// The changes as a plan that the built-in policies let pass.
    static func approve(_ changes: [Change], _ organization: Organization) -> ApprovedPlan {
        let plan = Plan(
            hash: String(repeating: "0", count: 64), changes: changes, blastRadius: BlastRadius(),
            definitionsRevision: organization.revision, plannedAt: WallClock().now(), notes: [])
        return PolicySet.builtIn.judge(plan, organization: organization).approved
    }
}

/// Where a database lives while its handles come and go. It is removed with its last reference.
final class BenchPlace: Sendable {
    private enum Kind {
        case file(BenchFolder)
        case server(PostgreSQLTestDatabase)
    }

    private let kind: Kind

    /// Nil where there is no such database on this machine.
    init?(_ kind: Workplace.Kind) throws {
        switch kind {
        case .sqlite: self.kind = .file(try BenchFolder())
        case .postgresql:
            guard let server = try BenchServer.postgreSQL.get() else { return nil }
            self.kind = .server(try PostgreSQLTestDatabase(on: server))
        }
    }

    func open() async throws -> any Database {
        switch kind {
        case .file(let folder): try await SQLiteDatabase.open(folder.path("tenure.db"))
        case .server(let database): try await PostgreSQLDatabase.open(database.address)
        }
    }
}

/// The servers that all workloads share.
enum BenchServer {
    /// One that waits for its disk; nil, said and counted, where it is not installed.
    static let postgreSQL = Result { try PostgreSQLServer.start(flushes: true, for: "benchmarks") }
}

/// A folder on a real disk that is gone afterwards.
final class BenchFolder: Sendable {
    private let root: URL

    /// In `$TENURE_BENCH_FOLDER`, or in the working folder's `.build`: where a temporary folder may be in memory, the
    /// disk would not be measured.
    init() throws {
        let base = ProcessInfo.processInfo.environment["TENURE_BENCH_FOLDER"] ?? ".build/benchmarks"
        root = URL(fileURLWithPath: base).appendingPathComponent(UUID().uuidString)
        try FileManager.default.createDirectory(at: root, withIntermediateDirectories: true)
    }

    func path(_ name: String) -> String { root.appendingPathComponent(name).path }

    deinit {
        do {
            try FileManager.default.removeItem(at: root)
        } catch {
            FileHandle.standardError.write(Data("could not remove \(root.path): \(error)\n".utf8))
        }
    }
}
