import Foundation
import Persistence
import Synchronization

/// Many writers on one database, each of which says its number aloud once its write has returned: what is said is
/// promised to be on disk.
///
/// `crash-test --write` runs it in a process of its own, which tests watch, or kill.
public struct AcknowledgedWrites: Sendable {
    /// An address or a path.
    let place: String
    let writers: Int
    /// The number of the first write.
    let first: Int
    /// How many writes; nil to go on until killed.
    let count: Int?

    public init(on place: String, writers: Int, first: Int, count: Int?) {
        self.place = place
        self.writers = writers
        self.first = first
        self.count = count
    }

    /// What write number `number` puts into the database, found nowhere else in it.
    public static func mark(_ number: Int) -> String { "write-\(number);" }

    public static func open(_ place: String) async throws -> any Database {
        PostgreSQLAddress.isAddress(place)
            ? try await PostgreSQLDatabase.open(place) : try await SQLiteDatabase.open(place)
    }

    public static func prepare(_ database: any Database) async throws {
        try await database.write { session in
            _ = try session.execute("CREATE TABLE acknowledged (id BIGINT PRIMARY KEY, mark TEXT NOT NULL)")
        }
    }

    /// The numbers that are in the database.
    public static func kept(in database: any Database) async throws -> Set<Int> {
        Set(
            try await database.read { session in
                try session.query("SELECT id FROM acknowledged").map { Int(try $0.integer(0)) }
            })
    }

    /// Writes, and says each number on standard output, on a line of its own.
    public func run() async throws {
        let database = try await Self.open(place)
        let numbers = Numbers(from: first)
        try await withThrowingTaskGroup(of: Void.self) { group in
            for _ in 0..<writers {
                group.addTask {
                    while true {
                        let number = numbers.next()
                        if let count, number >= first + count { return }
                        try await database.write { session in
                            _ = try session.execute(
                                "INSERT INTO acknowledged (id, mark) VALUES ($1, $2)",
                                [.int(number), .text(Self.mark(number))])
                        }
                        // One call, so that a line is there as a whole or not at all.
                        try FileHandle.standardOutput.write(contentsOf: Data("\(number)\n".utf8))
                    }
                }
            }
            try await group.waitForAll()
        }
        await database.close()
    }

    private final class Numbers: Sendable {
        private let number: Mutex<Int>

        init(from first: Int) { number = Mutex(first) }

        func next() -> Int {
            number.withLock { number in
                defer { number += 1 }
                return number
            }
        }
    }
}
