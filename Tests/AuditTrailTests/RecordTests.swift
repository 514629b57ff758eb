import AccessModel
import StrictJSON
import Testing

@testable import AuditTrail

@Suite("Records")
struct RecordTests {
    static let at = Instant(milliseconds: 1_795_251_600_250)
    static let context = RecordContext(at: at, actor: "tenure", subject: "e-0042", caseID: "c-1")

    private static func change() throws -> Change {
        let person = try #require(PersonID("e-0042"))
        let membership = Membership(
            group: "payments-live-readers", notation: nil, identity: .person(person), account: "marta@mountainlab.io")
        return Change(
            target: try #require(Slug("corp")), operation: .remove, lane: .revoke, fact: .membership(membership),
            before: .membership(membership),
            causes: [.event(source: "hr/workday", id: "hr-1", type: "io.tenure.identity.left")], risk: 3, stage: 2)
    }

    /// One record of every type, and the body that readers may rely on.
    private static func samples() throws -> [(record: Record, type: RecordType, body: String)] {
        try caseSamples() + peopleSamples() + administrationSamples() + noticeSamples() + sealedSamples()
            + accessSamples() + scimSamples() + signInSamples()
    }

    static let time = #""2026-11-21T09:00:00.250Z""#

    private static func caseSamples() throws -> [(record: Record, type: RecordType, body: String)] {
        let change = try change()
        let step = ChangeStep(index: 2, change: change, isCritical: true)
        let receipt = Receipt(effect: .alreadyHeld, requestID: "r-1", at: at, note: "was absent")
        return [
            (
                .caseOpened(context, kind: .leaver, causedAt: at, sourceEvent: "hr-1", isCritical: true), .caseOpened,
                #"{"caused_at":\#(time),"critical":true,"kind":"leaver","source_event":"hr-1"}"#
            ),
            (
                .caseState(context, kind: .leaver, state: .validated, causedAt: at), .caseState,
                #"{"caused_at":\#(time),"kind":"leaver","state":"validated"}"#
            ),
            (
                .changePlanned(context, step: step), .changePlanned,
                #"{"change":\#(String(decoding: change.json.canonicalBytes, as: UTF8.self)),"critical":true,"seq":2}"#
            ),
            (
                .changeAttempt(context, step: step, attempt: 1, idempotencyKey: "k", fence: 9), .changeAttempt,
                #"{"attempt":1,"fence":9,"idempotency_key":"k","key":"membership payments-live-readers e-0042","op":"remove","step":2,"target":"corp"}"#
            ),
            (
                .changeResult(context, step: 2, receipt: receipt), .changeResult,
                #"{"outcome":"already_held","receipt":{"at":\#(time),"effect":"already_held","note":"was absent","request_id":"r-1"},"request_id":"r-1","step":2}"#
            ),
            (
                .changeFailed(context, step: 2, error: "timed out"), .changeResult,
                #"{"error":"timed out","outcome":"failed","step":2}"#
            ),
            (
                .changeVerified(context, step: step, holds: true), .changeVerified,
                #"{"critical":true,"holds":true,"key":"membership payments-live-readers e-0042","lane":"revoke","op":"remove","step":2,"target":"corp"}"#
            ),
            (
                .changeSkipped(context, step: 2, reason: "gone"), .changeSkipped,
                #"{"reason":"gone","step":2}"#
            ),
            (
                .changeCancelled(context, step: 2, reason: "came back"), .changeCancelled,
                #"{"reason":"came back","step":2}"#
            ),
            (
                .caseStalled(context, step: 2, change: change, attempts: 8, error: "refused"), .caseStalled,
                #"{"attempts":8,"error":"refused","key":"membership payments-live-readers e-0042","op":"remove","step":2,"target":"corp"}"#
            ),
            (
                .manualAction(context, action: .skip, reason: "gone"), .manualAction,
                #"{"action":"skip","reason":"gone"}"#
            ),
        ]
    }

    private static func peopleSamples() throws -> [(record: Record, type: RecordType, body: String)] {
        let corp = try change().target
        return [
            (
                .peopleSnapshot(context, asOf: at, people: 42, digest: "00ff"), .peopleSnapshot,
                #"{"as_of":\#(time),"digest":"00ff","people":42,"summary":{}}"#
            ),
            (
                .peopleEvent(
                    context, source: "hr/workday", id: "hr-1", eventType: "io.tenure.identity.left", effective: at,
                    person: JSONObject([JSONObject.Member(name: "status", value: "left")])), .peopleEvent,
                #"{"effective":\#(time),"id":"hr-1","person":{"status":"left"},"source":"hr/workday","type":"io.tenure.identity.left"}"#
            ),
            (.peopleConfirmed(context, tenant: corp), .peopleConfirmed, #"{"tenant":"corp"}"#),
            (
                .holdOpened(context, hold: "h-1", reason: "many"), .holdOpened,
                #"{"detail":{},"hold":"h-1","reason":"many"}"#
            ),
            (
                .holdAgreed(context, hold: "h-1", isAsserted: true, missing: 1), .holdAgreed,
                #"{"asserted":true,"hold":"h-1","missing":1}"#
            ),
            (.holdApproved(context, hold: "h-1"), .holdApproved, #"{"hold":"h-1"}"#),
            (
                .holdRejected(context, hold: "h-1", reason: "no"), .holdRejected,
                #"{"hold":"h-1","reason":"no"}"#
            ),
        ]
    }

    private static func scimSamples() throws -> [(record: Record, type: RecordType, body: String)] {
        let client = try #require(Slug("okta"))
        let user = SCIMMention(client: client, kind: "User", resource: "u-1", userName: "marta", version: 2)
        let group = SCIMMention(client: client, kind: "Group", resource: "g-1", userName: nil, version: 1)
        let named = #""client":"okta","kind":"User","resource":"u-1","user_name":"marta","version":2"#
        return [
            (
                .scimClientCreated(context, client: client, personIdentity: "id", leaver: "left"), .scimClientCreated,
                #"{"client":"okta","leaver":"left","person_id":"id"}"#
            ),
            (.scimClientRotated(context, client: client), .scimClientRotated, #"{"client":"okta"}"#),
            (.scimClientRevoked(context, client: client), .scimClientRevoked, #"{"client":"okta"}"#),
            (
                .scimResourceCreated(context, group, members: ["u-1"]), .scimResourceCreated,
                #"{"added":["u-1"],"added_count":1,"client":"okta","kind":"Group","resource":"g-1","version":1}"#
            ),
            (
                .scimResourceChanged(context, user, SCIMChangeSummary(attributes: ["title"], removed: ["u-2"])),
                .scimResourceChanged,
                #"{"attributes":["title"],"client":"okta","kind":"User","removed":["u-2"],"removed_count":1,"resource":"u-1","user_name":"marta","version":2}"#
            ),
            (.scimResourceDeleted(context, user), .scimResourceDeleted, "{\(named)}"),
        ]
    }

    private static func noticeSamples() throws -> [(record: Record, type: RecordType, body: String)] {
        let told = ToldNotice(id: "ntc-1", kind: "hold.opened", channel: "hook", recipient: nil, attempts: 2)
        let body = #""attempts":2,"channel":"hook","kind":"hold.opened","notice":"ntc-1""#
        return [
            (.noticeDelivered(context, told), .noticeDelivered, "{\(body)}"),
            (
                .noticeGivenUp(context, told, problem: "down"), .noticeGivenUp, "{\(body),\"problem\":\"down\"}"
            ),
        ]
    }

    private static func sealedSamples() throws -> [(record: Record, type: RecordType, body: String)] {
        let note = SealedNote(SealedGrantTests.grant)
        let receipt = SealedReceipt(
            seq: 0, previous: note.grant.digest, at: at, event: .opening, actor: "local:eva", from: at, until: at,
            wasHeld: false, note: "")
        let grant = String(decoding: note.grant.json.canonicalBytes, as: UTF8.self)
        let text = String(decoding: JSONValue.string(note.encoded).canonicalBytes, as: UTF8.self)
        return [
            (
                .breakGlassSealed(context, note, signers: note.grant.addresses, problem: "why"), .breakGlassSealed,
                #"{"grant":\#(grant),"note":\#(text),"problem":"why","signers":["marta@mountainlab.io","m.ruiz@mountainlab.io"],"verified":false}"#
            ),
            (
                .breakGlassOffline(context, grant: "sealed-1", receipt: receipt), .breakGlassOffline,
                #"{"grant":"sealed-1","receipt":\#(String(decoding: receipt.line, as: UTF8.self))}"#
            ),
            (
                .breakGlassReused(context, grant: "sealed-1", known: "a", given: "b"), .breakGlassReused,
                #"{"given":"b","grant":"sealed-1","known":"a"}"#
            ),
        ]
    }

    private static func administrationSamples() throws -> [(record: Record, type: RecordType, body: String)] {
        let corp = try change().target
        let person = try #require(PersonID("e-0042"))
        let verdict = Verdict(
            outcome: .needsApproval(count: 2, by: "two-party"),
            reasons: [Verdict.Reason(rule: "guard", message: "many", changes: ["x"])])
        let signer = try CheckpointSigner(name: "example.com/tenure", seed: [UInt8](repeating: 1, count: 32))
        let held = Checkpoint(origin: "example.com/tenure", size: 0, root: .emptyRoot)
        let root = MerkleHash.emptyRoot.base64
        return [
            (
                .definitionsApplied(context, revision: "abc", files: ["b.yaml": "02", "a.yaml": "01"]),
                .definitionsApplied, #"{"files":{"a.yaml":"01","b.yaml":"02"},"revision":"abc"}"#
            ),
            (
                .definitionsFollowed(context, commit: "c0ffee", previous: "beef", signer: "ops", revision: "abc"),
                .definitionsFollowed, #"{"before":"beef","commit":"c0ffee","revision":"abc","signer":"ops"}"#
            ),
            (
                .definitionsRefused(context, commit: "c0ffee", code: "unsigned", message: "it is not signed"),
                .definitionsRefused, #"{"code":"unsigned","commit":"c0ffee","message":"it is not signed"}"#
            ),
            (
                .commitAccepted(context, commit: "c0ffee", reason: "a secret was taken out"), .commitAccepted,
                #"{"commit":"c0ffee","reason":"a secret was taken out"}"#
            ),
            (
                .planDecided(context, hash: "abc", verdict: verdict), .planDecided,
                #"{"approvals":{"by":"two-party","count":2},"hash":"abc","reasons":[{"changes":["x"],"message":"many","rule":"guard"}],"verdict":"needs_approval"}"#
            ),
            (
                .targetObserved(context, target: corp, isComplete: true, facts: 10, missing: 1, extra: 2),
                .targetObserved, #"{"complete":true,"extra":2,"facts":10,"missing":1,"target":"corp"}"#
            ),
            (
                .residualChecked(context, person: person, target: corp, residual: 0), .residualChecked,
                #"{"person":"e-0042","residual":0,"target":"corp"}"#
            ),
            (
                .rollbackAccepted(context, held: held, size: 0, root: .emptyRoot, reason: "restored"),
                .rollbackAccepted,
                #"{"held_root":"\#(root)","held_size":0,"reason":"restored","root":"\#(root)","size":0}"#
            ),
            (
                .clockConfirmed(context, clock: at, vouched: at, reason: "the station's clock"), .clockConfirmed,
                #"{"clock":\#(time),"reason":"the station's clock","vouched":\#(time)}"#
            ),
            (.backupBegun(context, file: "/backup/tenure-1"), .backupBegun, #"{"file":"/backup/tenure-1"}"#),
            (.keyCreated(context, verifier: signer.verifier), .keyCreated, #"{"vkey":"\#(signer.verifier.vkey)"}"#),
        ]
    }

    @Test("every type has its record, its name and its body")
    func bodies() throws {
        let samples = try Self.samples()
        for sample in samples {
            #expect(sample.record.known == sample.type)
            #expect(String(decoding: sample.record.body.canonicalBytes, as: UTF8.self) == sample.body)
            #expect(sample.record.at == Self.at)
            #expect(sample.record.actor == "tenure")
            #expect(sample.record.subject == "e-0042")
            #expect(sample.record.caseID == "c-1")
        }
        #expect(Set(samples.map(\.type)) == Set(RecordType.allCases))
    }

    @Test("a record and its leaf are read back as they were written")
    func roundTrip() throws {
        for (seq, sample) in try Self.samples().enumerated() {
            #expect(Record(json: sample.record.json) == sample.record)
            #expect(Record(json: try JSONParser.parse(sample.record.canonicalBytes)) == sample.record)
            let entry = Entry(seq: seq, record: sample.record)
            #expect(try Entry(leaf: entry.canonicalBytes) == entry)
            #expect(entry.leafHash == .leaf(entry.canonicalBytes))
        }
        let bare = Entry(seq: 0, record: Record(at: Self.at, type: "x", actor: "tenure"))
        #expect(
            String(decoding: bare.canonicalBytes, as: UTF8.self)
                == #"{"actor":"tenure","at":"2026-11-21T09:00:00.250Z","body":{},"case":null,"seq":0,"subject":null,"type":"x","v":1}"#
        )
        #expect(try Entry(leaf: bare.canonicalBytes) == bare)
    }

    @Test(
        "what is not a record is refused",
        arguments: [
            ("{}", "form"), ("[", "not JSON"), ("", "not JSON"),
            (
                #"{"actor":"a","at":"2026-11-21T09:00:00Z","body":{},"case":null,"seq":0,"subject":null,"type":"x"}"#,
                "form"
            ),
            (#"{"actor":"a","at":"2026-11-21T09:00:00Z","body":{},"case":null,"seq":0,"type":"x","v":1}"#, "form"),
            (
                #"{"actor":"a","at":"2026-11-21T09:00:00Z","body":[],"case":null,"seq":0,"subject":null,"type":"x","v":1}"#,
                "form"
            ),
            (
                #"{"actor":"a","at":"2026-02-30T09:00:00Z","body":{},"case":null,"seq":0,"subject":null,"type":"x","v":1}"#,
                "form"
            ),
            (
                #"{"actor":"a","at":"2026-11-21T09:00:00Z","body":{},"case":null,"seq":0,"subject":1,"type":"x","v":1}"#,
                "form"
            ),
            (
                #"{"actor":"a","at":"2026-11-21T09:00:00Z","body":{},"case":null,"seq":0,"subject":null,"type":"","v":1}"#,
                "form"
            ),
            (
                #"{"actor":"a","actor":"a","at":"2026-11-21T09:00:00Z","body":{},"case":null,"seq":0,"subject":null,"type":"x","v":1}"#,
                "duplicate"
            ),
            (
                #"{"actor":"a","at":"2026-11-21T10:00:00+01:00","body":{},"case":null,"seq":0,"subject":null,"type":"x","v":1}"#,
                "canonical"
            ),
            (
                #"{"at":"2026-11-21T09:00:00Z","actor":"a","body":{},"case":null,"seq":0,"subject":null,"type":"x","v":1}"#,
                "canonical"
            ),
            (
                #"{"actor":"\u0061","at":"2026-11-21T09:00:00Z","body":{},"case":null,"seq":0,"subject":null,"type":"x","v":1}"#,
                "canonical"
            ),
            (
                #"{"actor":"a","at":"2026-11-21T09:00:00Z","body":{"n":1e2},"case":null,"seq":0,"subject":null,"type":"x","v":1}"#,
                "canonical"
            ),
        ])
    func refused(leaf: String, why: String) {
        do {
            _ = try Entry(leaf: Array(leaf.utf8))
            Issue.record("taken: \(leaf)")
        } catch {
            #expect(error.code == .record)
            #expect(error.message.contains(why), "\(error)")
        }
    }

    @Test("texts that only look alike are different records")
    func lookAlikes() throws {
        let one = Record(at: Self.at, type: "x", actor: "tenure", subject: "\u{e9}")
        let two = Record(at: Self.at, type: "x", actor: "tenure", subject: "e\u{301}")
        #expect(Entry(seq: 0, record: one).leafHash != Entry(seq: 0, record: two).leafHash)
    }
}
