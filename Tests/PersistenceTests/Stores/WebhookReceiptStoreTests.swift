import AccessModel
import Persistence
import StrictJSON
import TestSupport
import Testing

@Suite("What came of webhooks") struct WebhookReceiptStoreTests {
    private static func receipt(_ id: String, at milliseconds: Int64) -> WebhookReceiptStore.Receipt {
        WebhookReceiptStore.Receipt(
            source: "hr", id: id, receivedAt: Instant(milliseconds: milliseconds), digest: "d-\(id)",
            answer: ["outcome": .string(id)])
    }

    @Test(arguments: DatabaseDriver.all) func oneIsKept(_ driver: DatabaseDriver) async throws {
        let receipt = Self.receipt("a", at: 5)
        try await driver.withSchema { database in
            try await database.write { try WebhookReceiptStore($0).insert(receipt) }
            let found = try await database.read { session in
                let store = WebhookReceiptStore(session)
                return [
                    try store.receipt(source: "hr", id: "a"), try store.receipt(source: "hr", id: "A"),
                    try store.receipt(source: "other", id: "a"),
                ]
            }
            #expect(found == [receipt, nil, nil])
            // Never a second one in its place.
            await #expect(throws: PersistenceError.self) {
                try await database.write { try WebhookReceiptStore($0).insert(receipt) }
            }
        }
    }

    @Test(arguments: DatabaseDriver.all) func theOldestAreForgotten(_ driver: DatabaseDriver) async throws {
        try await driver.withSchema { database in
            let left = try await database.write { session in
                let store = WebhookReceiptStore(session)
                for number in 0..<10 { try store.insert(Self.receipt("\(number)", at: Int64(number))) }
                let time = Instant(milliseconds: 7)
                let counts = [
                    try store.prune(receivedBefore: time, limit: 3), try store.prune(receivedBefore: time, limit: 64),
                    try store.prune(receivedBefore: time, limit: 64),
                ]
                #expect(counts == [3, 4, 0])
                return try (0..<10).filter { try store.receipt(source: "hr", id: "\($0)") != nil }
            }
            #expect(left == [7, 8, 9])
        }
    }
}
