import AccessModel
import AuditTrail
import TestSupport
import Testing

@Suite("Sealed grants")
struct SealedGrantTests {
    static let grant = SealedGrant(
        id: "sealed-1", organization: Sample.slug("mountainlab"), group: Sample.group("payments/live/admin"),
        groupSlug: "payments-live-admins", person: Sample.id("e-0001"),
        addresses: [Sample.email("marta"), Sample.email("m.ruiz")], target: Sample.slug("corp"), duration: .hours(1),
        reason: "région en panne", sealedAt: Sample.now, sealedBy: "e-0002", validUntil: Sample.now + .days(30))

    static func signer(_ number: UInt8, _ name: String = "k") throws -> CheckpointSigner {
        try CheckpointSigner(name: "\(name)\(number)", seed: Array(repeating: number, count: 32))
    }

    static func key(_ person: String, _ number: UInt8) throws -> SealedNote.Key {
        SealedNote.Key(address: Sample.email(person), verifier: try signer(number).verifier)
    }

    @Test func isReadAsItWasWritten() throws {
        let unsigned = SealedNote(Self.grant)
        #expect(try SealedNote(reading: Array(unsigned.encoded.utf8)) == unsigned)
        let signed = try unsigned.signed(by: Self.signer(1)).signed(by: Self.signer(2))
        #expect(try SealedNote(reading: Array(signed.encoded.utf8)) == signed)
        #expect(try SealedNote(reading: Array(signed.encoded.utf8)).grant == Self.grant)
        // It is a signed note like any other.
        #expect(try Self.signer(1).verifier.verify(SignedNote(signed.encoded)) == Self.grant.text)
        #expect(throws: AuditError.self) { _ = try Checkpoint(text: Self.grant.text) }
    }

    @Test func eachKeyCountsOnceAndOnlyKnownOnes() throws {
        let keys = try [Self.key("eva", 1), Self.key("ana", 2), Self.key("leo", 3)]
        var note = SealedNote(Self.grant)
        #expect(try note.signers(among: keys).isEmpty)
        note = try note.signed(by: Self.signer(1)).signed(by: Self.signer(1)).signed(by: Self.signer(9))
        #expect(try note.signers(among: keys) == [Sample.email("eva")])
        note = try note.signed(by: Self.signer(2))
        #expect(try note.signers(among: keys) == [Sample.email("eva"), Sample.email("ana")])
    }

    @Test func whoItIsForDoesNotSignUnderAnyAddress() throws {
        let keys = try [Self.key("marta", 1), Self.key("M.Ruiz", 2), Self.key("eva", 3)]
        let note = try SealedNote(Self.grant).signed(by: Self.signer(1)).signed(by: Self.signer(2))
            .signed(by: Self.signer(3))
        #expect(try note.signers(among: keys) == [Sample.email("eva")])
    }

    @Test func aChangedWordVoidsAllSignatures() throws {
        let note = try SealedNote(Self.grant).signed(by: Self.signer(1))
        let changed = note.encoded.replacing("\"duration_ms\":3600000", with: "\"duration_ms\":7200000")
        #expect(changed != note.encoded)
        let read = try SealedNote(reading: Array(changed.utf8))
        #expect(throws: AuditError.self) { _ = try read.signers(among: [try Self.key("eva", 1)]) }
    }

    @Test func onlyItsOneFormIsTaken() throws {
        let text = Self.grant.text
        for bad in [
            text.replacing("v1", with: "v2"), text.replacing("{\"", with: "{ \""), text + "\n", String(text.dropLast()),
            text.replacing("\"group\"", with: "\"grp\""), "", "x\n",
        ] {
            #expect(throws: AuditError.self) { _ = try SealedNote(reading: Array(bad.utf8)) }
        }
    }

    // MARK: Receipts

    private func use(_ events: [(SealedReceipt.Event, Bool)]) -> (SealedUse, [UInt8]) {
        var use = SealedUse(Self.grant)
        var bytes: [UInt8] = []
        for (offset, (event, isAbsent)) in events.enumerated() {
            let receipt = use.append(
                event, at: Sample.now + .seconds(Int64(offset)), actor: "local:eva",
                window: Sample.now..<(Sample.now + .hours(1)), wasHeld: false, isProvenAbsent: isAbsent, note: "")
            bytes += receipt.line + [10]
        }
        return (use, bytes)
    }

    @Test func receiptsSayHowFarItHasCome() {
        #expect(use([]).0.state == .unused)
        #expect(use([(.opening, false)]).0.state == .opening)
        #expect(use([(.opening, false), (.failed, false)]).0.state == .opening)
        #expect(use([(.opening, false), (.failed, true)]).0.state == .unused)
        #expect(use([(.opening, false), (.opened, false)]).0.state == .open)
        #expect(use([(.opening, false), (.opened, false), (.closing, false)]).0.state == .closing)
        #expect(use([(.opening, false), (.opened, false), (.closing, false), (.closed, false)]).0.state == .closed)
    }

    @Test func eachNamesTheOneBefore() throws {
        let (use, bytes) = use([(.opening, false), (.opened, false), (.closing, false), (.closed, false)])
        #expect(try SealedUse(Self.grant, reading: bytes) == use)
        let lines = bytes.split(separator: 10).map(Array.init)
        for missing in 0..<3 {
            let rest = lines.enumerated().filter { $0.offset != missing }.flatMap { $0.element + [UInt8(10)] }
            #expect(throws: AuditError.self) { _ = try SealedUse(Self.grant, reading: rest) }
        }
        let swapped = [lines[1], lines[0]].flatMap { $0 + [UInt8(10)] }
        #expect(throws: AuditError.self) { _ = try SealedUse(Self.grant, reading: swapped) }
        let altered = String(decoding: bytes, as: UTF8.self).replacing("local:eva", with: "local:ana")
        #expect(throws: AuditError.self) { _ = try SealedUse(Self.grant, reading: Array(altered.utf8)) }
    }

    @Test func ofAnotherGrantTheyAreRefused() {
        let (_, bytes) = use([(.opening, false)])
        let other = SealedGrant(
            id: "sealed-2", organization: Self.grant.organization, group: Self.grant.group,
            groupSlug: Self.grant.groupSlug, person: Self.grant.person, addresses: Self.grant.addresses,
            target: Self.grant.target, duration: Self.grant.duration, reason: "", sealedAt: Self.grant.sealedAt,
            sealedBy: "e-0002", validUntil: Self.grant.validUntil)
        #expect(throws: AuditError.self) { _ = try SealedUse(other, reading: bytes) }
    }
}
