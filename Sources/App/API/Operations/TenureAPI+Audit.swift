import AccessModel
import AuditTrail
import ControlPlane
import Persistence
import StrictJSON
import WebServer

extension TenureAPI {
    static let auditOperations = [
        Operation(
            id: "listRecords", method: .get, pattern: "/api/v1/audit/records", tag: "audit",
            summary: "Records of the log in its order, from the first that is asked for.", access: .platformMember,
            query: [
                Operation.Parameter(name: "limit", schema: .integer(1...1_000), summary: "how many at most; 100"),
                Operation.Parameter(name: "from", schema: .integer(0...Int64.max), summary: "the first place; 0"),
                Operation.Parameter(name: "since", schema: .formatted(.dateTime), summary: "recorded at or after"),
                Operation.Parameter(name: "until", schema: .formatted(.dateTime), summary: "recorded before"),
                Operation.Parameter(name: "subject", schema: .text(minimum: 1), summary: "about this one"),
                Operation.Parameter(name: "case", schema: .text(minimum: 1), summary: "of this case"),
                Operation.Parameter(name: "actor", schema: .text(minimum: 1), summary: "of this one's doing"),
                Operation.Parameter(name: "type", schema: .text(minimum: 1), summary: "of this type"),
            ],
            answers: [
                .ok(
                    .object([
                        .required("items", .array(.named("Record")), "the records"),
                        .required("next", .nullable(.integer(0...Int64.max)), "`from` of the next page"),
                    ]), "a page")
            ]
        ) { call in
            let limit = try call.query("limit").flatMap { Int($0) } ?? 100
            let first = try call.query("from").flatMap { Int($0) } ?? 0
            var filter = AuditLog.Filter(
                since: try call.time("since"), until: try call.time("until"), subject: try call.query("subject"),
                caseID: try call.query("case"), actor: try call.query("actor"),
                types: try call.query("type").map { [$0] } ?? [])
            filter.range = first..<Int.max
            let page = try await call.installation.records(filter, first: limit)
            let next = page.isLast ? nil : page.entries.last.map { $0.seq + 1 }
            return .json([
                "items": .array(page.entries.map(\.json)), "next": next.map { .integer(Int64($0)) } ?? .null,
            ])
        },
        Operation(
            id: "proveRecord", method: .get, pattern: "/api/v1/audit/records/{seq}/proof", tag: "audit",
            summary: "The proof that a record is in the log, to be verified offline.", access: .platformMember,
            answers: [.ok(.named("Anything"), "record, path and signed checkpoint")]
        ) { call in
            guard let seq = Int(try call.parameter("seq")) else { throw Problem.notFound("a record is a number") }
            let proof = try await call.installation.prove(seq)
            return WebResponse(.ok, headers: [.contentType: "application/json"], body: .bytes(Array(proof.encoded)))
        },
        Operation(
            id: "showCheckpoint", method: .get, pattern: "/api/v1/audit/checkpoint", tag: "audit",
            summary: "A signed checkpoint of the log as it is now, and the key that it is verified with.",
            access: .platformMember, answers: [.ok(.named("Anything"), "a C2SP signed note, and the verifier key")]
        ) { call in
            let note = try await call.installation.checkpoint()
            return .json(["note": .string(note.encoded), "key": .string(call.installation.verifierKey)])
        },
    ]
}
