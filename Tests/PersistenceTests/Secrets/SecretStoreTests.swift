import AccessModel
import Foundation
import Persistence
import TestSupport
import Testing

@Suite("Secrets at rest") struct SecretStoreTests {
    private static func key(_ byte: UInt8) throws -> DataKey {
        try DataKey(SecretText(Data(repeating: byte, count: 32).base64EncodedString()))
    }

    @Test(arguments: DatabaseDriver.all) func aDumpShowsNone(_ driver: DatabaseDriver) async throws {
        let canary = "canary-4711"
        let keys = DataKeyRing(try Self.key(1))
        try await driver.withSchema { database in
            try await database.write { session in
                let store = SecretStore(session, keys)
                try store.set("a", to: SecretText(canary))
                try store.set("b", to: SecretText(canary))
            }
            let stored = try await database.read { session in
                try session.query("SELECT value FROM settings WHERE name LIKE 'secret.%'").map { try $0.text(0) }
            }
            #expect(stored.count == 2 && stored[0] != stored[1])
            for text in stored {
                #expect(!text.contains(canary) && !text.contains(Data(canary.utf8).base64EncodedString()))
            }
            let opened = try await database.read { session in
                let store = SecretStore(session, keys)
                return [try store.secret("a")?.reveal(), try store.secret("c")?.reveal()]
            }
            #expect(opened == [canary, nil])
        }
    }

    @Test(arguments: DatabaseDriver.all) func aRotationSealsAnew(_ driver: DatabaseDriver) async throws {
        let (old, new) = (try Self.key(1), try Self.key(2))
        try await driver.withSchema { database in
            try await database.write { session in
                for name in ["a", "b", "secret/x"] {
                    try SecretStore(session, DataKeyRing(old)).set(name, to: SecretText("s-\(name)"))
                }
                try SecretStore(session, DataKeyRing(new)).set("c", to: SecretText("s-c"))
                try SettingsStore(session).set(SettingsStore.Name("secrets"), to: "another setting")
            }
            // Without the earlier key nothing opens, and what it is about is said.
            await #expect(throws: PersistenceError.self) {
                _ = try await database.read { try SecretStore($0, DataKeyRing(new)).secret("a") }
            }
            let counts = try await database.write { session in
                let store = SecretStore(session, DataKeyRing(new, previous: [old]))
                return [try store.reseal(), try store.reseal()]
            }
            #expect(counts == [3, 0])
            let opened = try await database.read { session in
                try ["a", "b", "c", "secret/x"].map {
                    try SecretStore(session, DataKeyRing(new)).secret($0)?.reveal()
                }
            }
            #expect(opened == ["s-a", "s-b", "s-c", "s-secret/x"])
        }
    }

    @Test func aSealedTextIsOfItsNameAndItsKey() throws {
        let keys = DataKeyRing(try Self.key(1))
        let sealed = try keys.seal(SecretText("x"), as: "a")
        #expect(try keys.open(sealed, as: "a").reveal() == "x")
        #expect(throws: PersistenceError.self) { _ = try keys.open(sealed, as: "b") }
        for index in sealed.text.indices {
            var text = sealed.text
            text.replaceSubrange(index...index, with: sealed.text[index] == "A" ? "B" : "A")
            guard text != sealed.text else { continue }
            #expect(throws: PersistenceError.self) { _ = try keys.open(DataKeyRing.Sealed(text: text), as: "a") }
        }
        for text in ["", "x", "sealed-1::", "sealed-2:\(keys.current.id):AAAA"] {
            #expect(throws: PersistenceError.self) { _ = try keys.open(DataKeyRing.Sealed(text: text), as: "a") }
        }
    }

    @Test(arguments: ["", "short", "AAAA", String(repeating: "A", count: 44), String(repeating: "A", count: 42) + "B="])
    func whatIsNoKeyIsRefusedWithoutAWordOfIt(_ text: String) {
        #expect {
            _ = try DataKey(SecretText(text))
        } throws: { error in
            (error as? PersistenceError)?.code == .unavailable && (text.isEmpty || !"\(error)".contains(text))
        }
    }

    @Test func aKeyDoesNotPrint() throws {
        let key = try Self.key(7)
        var text = ""
        dump(DataKeyRing(key, previous: [key]), to: &text)
        let bytes = Data(repeating: 7, count: 32)
        #expect(!text.contains(bytes.base64EncodedString()) && Mirror(reflecting: key).children.isEmpty)
        let other = try Self.key(8)
        #expect(key.id.count == 8 && key.id != other.id)
    }
}
