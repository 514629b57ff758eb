import AccessModel
import AuditTrail
import ConnectorKit
import Definitions
import DirectoryConnector
import Foundation
import Synchronization
import TestSupport
import Testing

@testable import Lifecycle

/// A sealed window in a directory, with no database anywhere.
@Suite("Sealed windows")
struct SealedWindowTests {
    private static let slug = "payments-live-admins"

    /// A directory with Marta in it, and a sealed grant for her.
    private final class World: Sendable {
        let folder: TemporaryFolder
        let now = Mutex(Sample.now)
        let note: SealedNote

        init() throws {
            folder = try TemporaryFolder()
            note = SealedNote(
                SealedGrant(
                    id: "sealed-1", organization: Sample.slug("mountainlab"),
                    group: Sample.group("payments/live/admin"), groupSlug: slug, person: Sample.id("e-0001"),
                    addresses: [Sample.email("marta")], target: Sample.slug("corp"), duration: .hours(1), reason: "r",
                    sealedAt: Sample.now - .days(1), sealedBy: "e-0002", validUntil: Sample.now + .days(1)))
        }

        func connector() throws -> any Connector {
            try ConnectorFactory.directory.make(
                ConnectorConfiguration(
                    target: Sample.slug("corp"), settings: ["path": .string(folder.path("corp"))], credential: nil,
                    baseDirectory: "/", organization: Sample.slug("mountainlab"), clock: { Sample.now }))
        }

        func prepare(account: Account.State? = .active, isMember: Bool = false) async throws {
            let connector = try connector()
            try await apply(.add, .group(GroupFact(slug: slug, notation: note.grant.group)), connector)
            guard let account else { return }
            let identity = IdentityID.person(note.grant.person)
            try await apply(
                .add, .account(Account(identity: identity, name: "marta@mountainlab.io", state: account)), connector)
            if isMember { try await apply(.add, membership, connector) }
            await connector.close()
        }

        var membership: Fact {
            .membership(
                Membership(
                    group: slug, notation: note.grant.group, identity: .person(note.grant.person),
                    account: "marta@mountainlab.io"))
        }

        func apply(_ operation: Change.Operation, _ fact: Fact, _ connector: any Connector) async throws {
            _ = try await connector.apply(
                Change(
                    target: Sample.slug("corp"), operation: operation, lane: .grant, fact: fact, causes: [], risk: 0,
                    stage: 0), context: ApplyContext(idempotencyKey: UUID().uuidString, fencingToken: 0, attempt: 1))
        }

        func isMember() async throws -> Bool {
            let connector = try connector()
            let seen = try await connector.observe(.everything)
            await connector.close()
            return seen.facts.contains { $0.key == membership.key }
        }

        func open(by connector: (any Connector)? = nil) async throws -> SealedUse {
            try await use(connector) { try await $0.open() }
        }

        func close(by connector: (any Connector)? = nil) async throws -> SealedUse {
            try await use(connector) { try await $0.close() }
        }

        private func use(
            _ connector: (any Connector)?, _ body: (SealedWindow) async throws -> SealedUse
        ) async throws -> SealedUse {
            let connector = try connector ?? self.connector()
            let definition = TargetDefinition(
                name: Sample.slug("corp"), connector: "directory",
                place: SourceLocation(file: "targets.yaml", line: 1, column: 1))
            let window = SealedWindow(
                note,
                target: ConnectedTarget(
                    definition: definition, abilities: Sample.directory, connector: .success(connector)),
                receipts: try ReceiptFile(folder.path("grant.receipts"), of: note.grant), actor: "local:eva",
                now: { [self] in now.withLock { $0 } })
            let use = try await body(window)
            await connector.close()
            return use
        }

        func events() throws -> [SealedReceipt.Event] {
            try ReceiptFile.read(folder.path("grant.receipts"), of: note.grant).receipts.map(\.event)
        }
    }

    /// Fails as it is told, before or after the change was made.
    private struct Faulty: Connector {
        let inner: any Connector
        let appliesFirst: Bool
        var abilities: TargetAbilities { inner.abilities }

        func check() async throws(ConnectorError) -> TargetHealth { try await inner.check() }
        func observe(_ scope: ObservationScope) async throws(ConnectorError) -> Observation {
            try await inner.observe(scope)
        }
        func apply(_ change: Change, context: ApplyContext) async throws(ConnectorError) -> Receipt {
            if appliesFirst { _ = try await inner.apply(change, context: context) }
            throw ConnectorError(code: .unreachable, operation: "apply", message: "broken off")
        }
        func close() async { await inner.close() }
    }

    private func isDenied(_ body: () async throws -> Void) async -> Bool {
        do {
            try await body()
            return false
        } catch {
            return (error as? LifecycleError)?.code == .denied
        }
    }

    @Test func opensOnceAndCloses() async throws {
        let world = try World()
        try await world.prepare()
        let opened = try await world.open()
        #expect(opened.state == .open && opened.window == Sample.now..<(Sample.now + .hours(1)))
        #expect(try await world.isMember())
        #expect(await isDenied { _ = try await world.open() })
        world.now.withLock { $0 = $0 + .hours(1) }
        #expect(try await world.close().state == .closed)
        #expect(try await !world.isMember())
        #expect(try await world.close().state == .closed)
        #expect(await isDenied { _ = try await world.open() })
        #expect(try world.events() == [.opening, .opened, .closing, .closed])
    }

    @Test func whoStoodInTheGroupStaysInIt() async throws {
        let world = try World()
        try await world.prepare(isMember: true)
        #expect(try await world.open().wasHeld)
        #expect(try await world.close().state == .closed)
        #expect(try await world.isMember())
    }

    @Test func notForWhoIsNotHereOrDisabledAndNothingIsUsedUp() async throws {
        for state in [Account.State.disabled, nil] {
            let world = try World()
            try await world.prepare(account: state)
            #expect(await isDenied { _ = try await world.open() })
            #expect(try world.events().isEmpty)
        }
    }

    @Test func notBeforeAndNotAfterItsTime() async throws {
        let world = try World()
        try await world.prepare()
        for moment in [Sample.now - .days(2), Sample.now + .days(1), Sample.now + .days(400)] {
            world.now.withLock { $0 = moment }
            #expect(await isDenied { _ = try await world.open() })
        }
        #expect(try await !world.isMember())
        #expect(try world.events().isEmpty)
        world.now.withLock { $0 = Sample.now + .days(1) - Span(milliseconds: 1) }
        #expect(try await world.open().state == .open)
    }

    @Test func aFailureThatProvedHarmlessUsesNothingUp() async throws {
        let world = try World()
        try await world.prepare()
        await #expect(throws: ConnectorError.self) {
            _ = try await world.open(by: Faulty(inner: try world.connector(), appliesFirst: false))
        }
        #expect(try world.events() == [.opening, .failed])
        world.now.withLock { $0 = $0 + .hours(3) }
        let opened = try await world.open()
        #expect(opened.window?.lowerBound == Sample.now + .hours(3))
    }

    @Test func aLostReplyIsOneUseWithOneEnd() async throws {
        let world = try World()
        try await world.prepare()
        await #expect(throws: ConnectorError.self) {
            _ = try await world.open(by: Faulty(inner: try world.connector(), appliesFirst: true))
        }
        #expect(try await world.isMember())
        world.now.withLock { $0 = $0 + .minutes(30) }
        let opened = try await world.open()
        #expect(opened.state == .open && !opened.wasHeld)
        #expect(opened.window == Sample.now..<(Sample.now + .hours(1)))
        #expect(try await world.close().state == .closed)
        #expect(try await !world.isMember())
    }

    @Test func aBegunUseWhoseTimeIsOverIsNotOpenedButClosed() async throws {
        let world = try World()
        try await world.prepare()
        await #expect(throws: ConnectorError.self) {
            _ = try await world.open(by: Faulty(inner: try world.connector(), appliesFirst: true))
        }
        world.now.withLock { $0 = $0 + .hours(1) }
        #expect(await isDenied { _ = try await world.open() })
        #expect(try await world.close().state == .closed)
        #expect(try await !world.isMember())
    }

    @Test func aCloseThatFailsIsGoneOnWith() async throws {
        let world = try World()
        try await world.prepare()
        _ = try await world.open()
        await #expect(throws: ConnectorError.self) {
            _ = try await world.close(by: Faulty(inner: try world.connector(), appliesFirst: false))
        }
        #expect(await isDenied { _ = try await world.open() })
        #expect(try await world.close().state == .closed)
        #expect(try world.events() == [.opening, .opened, .closing, .closingFailed, .closed])
    }

    @Test func aHalfWrittenReceiptIsAsIfItWereNotThere() async throws {
        let world = try World()
        try await world.prepare()
        _ = try await world.open()
        let path = world.folder.path("grant.receipts")
        let whole = try #require(FileManager.default.contents(atPath: path))
        let first = try #require(whole.firstIndex(of: 10))
        for cut in [0, 1, first, first + 1, first + 20, whole.count - 1] {
            try whole.prefix(cut).write(to: URL(filePath: path))
            let use = try ReceiptFile(path, of: world.note.grant).use
            #expect(use.receipts.count == (cut > first ? 1 : 0))
            #expect(FileManager.default.contents(atPath: path)?.count == (cut > first ? first + 1 : 0))
        }
    }

    @Test func twoAtOnceAreOneUse() async throws {
        let world = try World()
        try await world.prepare()
        async let first = isDenied { _ = try await world.open() }
        async let second = isDenied { _ = try await world.open() }
        let denied = await [first, second]
        #expect(denied.count { $0 } == 1)
        #expect(try world.events() == [.opening, .opened])
    }
}
