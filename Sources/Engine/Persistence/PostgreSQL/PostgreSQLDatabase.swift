import PostgreSQLDriver
import Synchronization

/// A database on a PostgreSQL server, 14 or newer, for one node or several.
///
/// A write is on the server's disk when it returns; writes that are asked for at the same time share a transaction
/// (``CommitQueue``). Reads see one moment and go on beside writes. Writes of all nodes
/// are one after another, by a lock that each takes at its beginning and lets go of with its commit (see
/// `docs/decisions/0011-one-writer-at-a-time.md`). A connection that broke is made anew; a transaction that was under
/// way on it fails as `.unavailable` and is not run again. No error repeats the address's password.
public struct PostgreSQLDatabase: Database {
    public let dialect = SQLDialect.postgresql
    public let address: PostgreSQLAddress
    private let writer: PostgreSQLLane
    private let queue = CommitQueue()
    private let readers: LanePool

    /// Connects to the database at `uri`, which libpq's documentation describes: `postgres://USER@HOST:PORT/DATABASE`,
    /// with `sslmode`, `sslrootcert` and so on behind a `?`. The schema is for ``Schema/migrate(_:at:)``.
    public static func open(_ uri: String, settings: PostgreSQLSettings = .init()) async throws -> PostgreSQLDatabase {
        let database = PostgreSQLDatabase(try PostgreSQLAddress(uri), settings)
        try await database.writer.open()
        return database
    }

    private init(_ address: PostgreSQLAddress, _ settings: PostgreSQLSettings) {
        self.address = address
        writer = PostgreSQLLane(address, settings, label: "tenure.postgresql.writer")
        readers = LanePool(limit: settings.readers) { number in
            PostgreSQLLane(address, settings, label: "tenure.postgresql.reader-\(number)")
        }
    }

    public func read<Value: Sendable>(
        _ body: @escaping @Sendable (any SQLSession) throws -> Value
    ) async throws -> Value {
        let lane = await readers.take()
        defer { readers.giveBack(lane) }
        return try await lane.read(body)
    }

    @discardableResult
    public func write<Value: Sendable>(
        _ body: @escaping @Sendable (any SQLSession) throws -> Value
    ) async throws -> Value {
        try await withCheckedThrowingContinuation { caller in
            queue.add(PendingWrite(body, caller: caller))
            Task { await writer.commit(from: queue) }
        }
    }

    /// Lets go of all connections, each after what is under way on it.
    public func close() async {
        await writer.close()
        await readers.close()
    }
}

/// A few lanes, lent to one reader at a time.
final class LanePool: Sendable {
    private struct Lanes {
        /// The one that came back last is lent first: it is the warmest.
        var idle: [PostgreSQLLane] = []
        var all: [PostgreSQLLane] = []
        var waiting: [CheckedContinuation<PostgreSQLLane, Never>] = []
    }

    private let limit: Int
    private let make: @Sendable (Int) -> PostgreSQLLane
    private let lanes = Mutex(Lanes())

    init(limit: Int, make: @escaping @Sendable (Int) -> PostgreSQLLane) {
        self.limit = max(1, limit)
        self.make = make
    }

    /// Waits, in the order of asking, until one is free.
    func take() async -> PostgreSQLLane {
        await withCheckedContinuation { continuation in
            let lane = lanes.withLock { lanes -> PostgreSQLLane? in
                if let idle = lanes.idle.popLast() { return idle }
                guard lanes.all.count < limit else {
                    lanes.waiting.append(continuation)
                    return nil
                }
                let made = make(lanes.all.count + 1)
                lanes.all.append(made)
                return made
            }
            if let lane { continuation.resume(returning: lane) }
        }
    }

    func giveBack(_ lane: PostgreSQLLane) {
        let next = lanes.withLock { lanes -> CheckedContinuation<PostgreSQLLane, Never>? in
            guard lanes.waiting.isEmpty else { return lanes.waiting.removeFirst() }
            lanes.idle.append(lane)
            return nil
        }
        next?.resume(returning: lane)
    }

    /// Closes all lanes; those that are lent refuse what is asked of them next.
    func close() async {
        let all = lanes.withLock { lanes -> [PostgreSQLLane] in
            // None is made any more.
            while lanes.all.count < limit {
                let made = make(lanes.all.count + 1)
                lanes.all.append(made)
                lanes.idle.insert(made, at: 0)
            }
            return lanes.all
        }
        for lane in all { await lane.close() }
    }
}
