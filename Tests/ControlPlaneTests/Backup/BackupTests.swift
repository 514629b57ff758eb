import AccessModel
import AuditTrail
import Definitions
import Foundation
import Lifecycle
import Persistence
import StrictJSON
import TestSupport
import Testing

@testable import ControlPlane

@Suite("Backup and restore") struct BackupTests {
    @Test(arguments: BackupPlace.Kind.allCases) func aCopyComesBackAsItWas(_ kind: BackupPlace.Kind) async throws {
        guard let place = try BackupPlace(kind) else { return }
        try await place.hear(5)
        let before = try await place.roster()
        let manifest = try await place.backUp("copy")
        #expect(manifest.contents.checkpoint != nil && manifest.contents.records >= 5)
        #expect(try place.manifest("copy") == manifest)
        try await place.lose()
        let outcome = try await place.restore("copy")
        #expect(!outcome.isRolledBack && outcome.remarks.isEmpty)
        #expect(try await place.roster() == before)
        // It goes on from there.
        try await place.hear(1)
        #expect(try await place.roster().count == before.count + 1)
    }

    @Test(arguments: BackupPlace.Kind.allCases)
    func anOlderCopyTakesAReason(_ kind: BackupPlace.Kind) async throws {
        guard let place = try BackupPlace(kind) else { return }
        try await place.hear(3)
        _ = try await place.backUp("copy")
        try await place.hear(2)
        try await place.lose()
        let refused = await place.refusal { _ = try await place.restore("copy") }
        #expect(refused?.code == .rollback && refused?.message.contains("it is an old copy") == true)
        #expect(try await place.isEmpty())
        let outcome = try await place.restore("copy", accepting: "the disk died")
        #expect(outcome.isRolledBack)
        #expect(try await place.roster().count == 3)
        let records = try await place.records()
        #expect(records.last { $0.type == "audit.rollback_accepted" }?.body["reason"] == "the disk died")
    }

    @Test(arguments: BackupPlace.Kind.allCases) func aDamagedCopyIsRefused(_ kind: BackupPlace.Kind) async throws {
        guard let place = try BackupPlace(kind) else { return }
        try await place.hear(3)
        _ = try await place.backUp("copy")
        try await place.lose()
        let whole = try Data(contentsOf: URL(filePath: place.path("copy")))
        var random = SeededGenerator(seed: 3)
        for number in 0..<4 {
            var bytes = whole
            if number == 0 { bytes.removeLast() } else { bytes[random.below(bytes.count)] ^= 1 }
            try bytes.write(to: URL(filePath: place.path("copy")))
            let refused = await place.refusal { _ = try await place.restore("copy") }
            #expect(refused?.message.contains("damaged") == true, "\(number)")
            // Nor with a reason: that is for old copies.
            let again = await place.refusal { _ = try await place.restore("copy", accepting: "x") }
            #expect(again?.message.contains("damaged") == true)
            #expect(try await place.isEmpty())
        }
        try whole.write(to: URL(filePath: place.path("copy")))
        let manifest = try String(contentsOfFile: place.path("copy.manifest"), encoding: .utf8)
        try Data(manifest.replacing("\"records\": ", with: "\"records\": 9").utf8)
            .write(to: URL(filePath: place.path("copy.manifest")))
        let lying = await place.refusal { _ = try await place.restore("copy") }
        #expect(lying?.message.contains("does not hold what its manifest says") == true)
        try FileManager.default.removeItem(atPath: place.path("copy.manifest"))
        #expect(await place.refusal { _ = try await place.restore("copy") }?.code == .missing)
    }

    @Test(arguments: BackupPlace.Kind.allCases)
    func whatIsThereIsNotOverwritten(_ kind: BackupPlace.Kind) async throws {
        guard let place = try BackupPlace(kind) else { return }
        try await place.hear(2)
        _ = try await place.backUp("copy")
        let before = try await place.roster()
        #expect(await place.refusal { _ = try await place.restore("copy") }?.code == .denied)
        #expect(await place.refusal { _ = try await place.restore("copy", accepting: "x") }?.code == .denied)
        #expect(try await place.roster() == before)
        let again = await place.refusal { _ = try await place.backUp("copy") }
        #expect(again?.message.contains("is there already") == true)
        #expect(
            try FileManager.default.contentsOfDirectory(atPath: place.path("")).allSatisfy { !$0.hasSuffix(".new") })
    }

    /// Somebody moved the file of a server that runs.
    @Test func aStateThatSomebodyWorksOnIsNotTouched() async throws {
        guard let place = try BackupPlace(.file) else { return }
        try await place.hear(2)
        _ = try await place.backUp("copy")
        try await place.lose()
        let worker = try await WorkerLock(place.folder.workerLock) {}
        #expect(await place.refusal { _ = try await place.restore("copy") }?.message.contains("works on") == true)
        #expect(try await place.isEmpty())
        withExtendedLifetime(worker) {}
    }

    @Test(arguments: BackupPlace.Kind.allCases)
    func aCopyThatIsMadeWhileMuchHappensIsOneMoment(_ kind: BackupPlace.Kind) async throws {
        guard let place = try BackupPlace(kind) else { return }
        try await place.hear(1)
        let installation = try await place.open()
        let desks = IntakeDesks(installation)
        let writer = Task {
            for number in 0..<2_000 where !Task.isCancelled {
                let event = IntakeWorld.event("joined", "busy-\(number)", "b-\(number)").canonicalBytes
                _ = try await desks.desk().accept(event)
            }
        }
        let manifest = try await installation.backUp(to: place.path("copy"))
        writer.cancel()
        try await writer.value
        try await installation.close()
        // As on a machine that has the key, and no newer checkpoint.
        try await place.lose()
        let outcome = try await place.restore("copy", accepting: "it is a test")
        #expect(outcome.manifest == manifest)
        let installed = try await place.open()
        let joined = try await installed.database.read { try PeopleStore($0).events().count }
        let recorded = try await installed.records(AuditLog.Filter()).count { $0.record.type == "people.event" }
        #expect(joined == recorded && joined >= 1)
        try await installed.close()
    }

    /// What a secret leads to, or what signs what comes in, is in no copy.
    @Test func aCopyHoldsNoSecret() async throws {
        guard let place = try BackupPlace(.file) else { return }
        let canary = "canary-4711"
        let installation = try await place.open()
        let world = try IntakeWorld(installation.database, Guards(), IntakeRoutes.Settings())
        #expect(await world.post(IntakeWorld.event("joined", "j-1", "e-1")).status == .accepted)
        #expect(
            await world.post(IntakeWorld.event("joined", "j-2", "e-2"), .init(signature: "v1,x")).status
                == .unauthorized)
        let key = try DataKey(SecretText(Data(repeating: 5, count: 32).base64EncodedString()))
        try await installation.database.write { session in
            try SecretStore(session, DataKeyRing(key)).set("token", to: SecretText(canary))
        }
        _ = try await installation.backUp(to: place.path("copy"))
        try await installation.close()
        let copy = try Data(contentsOf: URL(filePath: place.path("copy")))
        #expect(copy.range(of: Data("wh-".utf8)) != nil)
        let secret = IntakeWorld.secret.dropFirst("whsec_".count)
        for text in [canary, String(secret), Data(canary.utf8).base64EncodedString()] {
            #expect(copy.range(of: Data(text.utf8)) == nil)
        }
        #expect(copy.range(of: try #require(Data(base64Encoded: String(secret)))) == nil)
    }

    @Test func thePasswordIsNotOnTheCommandLine() throws {
        let address = try PostgreSQLAddress("postgres://tenure:p%40ss'%5C@db.example,b.example:5433/x?sslmode=require")
        let programs = try address.forPrograms()
        #expect(!programs.conninfo.contains("p@ss") && programs.environment == ["PGPASSWORD": "p@ss'\\"])
        #expect(programs.conninfo.contains("host='db.example,b.example'"))
        #expect(programs.conninfo.contains("dbname='x'") && programs.conninfo.contains("sslmode='require'"))
        #expect(throws: (any Error).self) {
            try PostgreSQLAddress("postgres://h/x?sslpassword=canary").forPrograms()
        }
    }

    @Test func whatAProgramSaysHoldsNoPassword() async throws {
        guard let place = try BackupPlace(.server) else { return }
        let free = Int(try LoopbackSocket.freePort())
        let address = try PostgreSQLAddress("postgres://tenure:canary-4711@127.0.0.1:\(free)/canary-4711")
        let failure = await place.refusal {
            try PostgreSQLProgram(name: "pg_dump", address: address).run(["--format=custom"])
        }
        #expect(failure?.message.contains("connection to server") == true)
        #expect(failure.map { "\($0)".contains("canary-4711") } == false)
    }
}
