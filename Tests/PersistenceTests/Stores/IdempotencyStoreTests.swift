import AccessModel
import Persistence
import TestSupport
import Testing

@Suite struct IdempotencyStoreTests {
    private static let now = Instant(milliseconds: 1_800_000_000_000)

    /// Keys are the caller's choice: nobody fills the database with them.
    @Test func aCallerHasSoManyKeysAndNoMore() async throws {
        try await withTemporaryDatabase { database in
            try await database.write { session in
                let store = IdempotencyStore(session)
                for number in 0..<IdempotencyStore.maximumKeys {
                    try session.execute(
                        "INSERT INTO idempotency_keys (caller, idempotency_key, digest, begun_at) VALUES ($1, $2, $3, $4)",
                        [.text("e-0001"), .text("k-\(number)"), .text("d"), .instant(Self.now)])
                }
                #expect(try store.begin(caller: "e-0001", key: "one-more", digest: "d", at: Self.now) == .tooMany)
                // What it asked before is answered as ever, and others have their own.
                #expect(
                    try store.begin(caller: "e-0001", key: "k-7", digest: "d", at: Self.now) == .begun(at: Self.now))
                #expect(try store.begin(caller: "e-0001", key: "k-7", digest: "x", at: Self.now) == .other)
                #expect(try store.begin(caller: "e-0002", key: "k-7", digest: "d", at: Self.now) == .new)
                // A refusal leaves nothing; a day later there is room again.
                #expect(try store.begin(caller: "e-0001", key: "one-more", digest: "d", at: Self.now) == .tooMany)
                let later = Self.now + IdempotencyStore.kept + .seconds(1)
                #expect(try store.begin(caller: "e-0001", key: "one-more", digest: "d", at: later) == .new)
            }
        }
    }
}
