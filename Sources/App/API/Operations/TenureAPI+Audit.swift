import AccessModel
import Answers
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
                Operation.Parameter(
                    name: "type", schema: .text(minimum: 1), summary: "of this type, or of these, with commas between"),
                Operation.Parameter(
                    name: "last", schema: .integer(1...10_000), summary: "the newest so many; then there is one page"),
            ],
            answers: [
                .printed(
                    .object([
                        .required("items", .array(.named("Record")), "the records"),
                        .required("next", .nullable(.integer(0...Int64.max)), "`from` of the next page"),
                    ]), "a page; as text 10000 records at most")
            ]
        ) { call in
            let limit = try call.query("limit").flatMap { Int($0) } ?? 100
            let first = try call.query("from").flatMap { Int($0) } ?? 0
            var filter = AuditLog.Filter(
                since: try call.time("since"), until: try call.time("until"), subject: try call.query("subject"),
                caseID: try call.query("case"), actor: try call.query("actor"),
                types: try call.query("type").map { $0.split(separator: ",").map(String.init) } ?? [])
            filter.range = first..<Int.max
            filter.last = try call.query("last").flatMap { Int($0) }
            let isText = Representation(call.request) != .json
            let isWhole = filter.last != nil
            let wanted = isText ? Self.recordsAtOnce : limit
            let page =
                isWhole
                ? RecordPage(entries: try await call.installation.records(filter), isLast: true)
                : try await call.installation.records(filter, first: wanted)
            guard !isText else {
                guard page.isLast else { throw Problem.tooMany(Self.recordsAtOnce) }
                return call.answer(.records(page.entries))
            }
            let next = page.isLast ? nil : page.entries.last.map { $0.seq + 1 }
            return .json([
                "items": Printout.records(page.entries).json ?? [], "next": next.map { .integer(Int64($0)) } ?? .null,
            ])
        },
        Operation(
            id: "proveRecord", method: .get, pattern: "/api/v1/audit/records/{seq}/proof", tag: "audit",
            summary: "The proof that a record is in the log, to be verified offline.", access: .platformMember,
            answers: [.printed(.named("Anything"), "record, path and signed checkpoint")]
        ) { call in
            guard let seq = Int(try call.parameter("seq")) else { throw Problem.notFound("a record is a number") }
            return call.answer(.proof(try await call.installation.prove(seq)))
        },
        Operation(
            id: "showCheckpoint", method: .get, pattern: "/api/v1/audit/checkpoint", tag: "audit",
            summary: "A signed checkpoint of the log as it is now, and the key that it is verified with.",
            access: .platformMember, answers: [.printed(.named("Anything"), "a C2SP signed note, and the verifier key")]
        ) { call in
            let note = try await call.installation.checkpoint()
            return call.answer(.checkpoint(note, key: call.installation.verifierKey))
        },
        Operation(
            id: "exportLog", method: .get, pattern: "/api/v1/audit/export", tag: "audit",
            summary: "The whole log as a file that anyone can verify offline with the public key.",
            access: .platformMember,
            answers: [
                Operation.Answer(
                    status: .ok, schema: .text(maximum: 1 << 30), summary: "a line of JSON each",
                    type: "application/x-ndjson")
            ]
        ) { call in
            let file = try await ExportFile.make(of: call.installation)
            return WebResponse(
                .ok, headers: [.contentType: "application/x-ndjson", .verifierKey: call.installation.verifierKey],
                body: .stream(file.stream()))
        },
    ]

    /// A table is laid out as a whole, so it has an end.
    private static let recordsAtOnce = 10_000
}

extension Problem {
    fileprivate static func tooMany(_ limit: Int) -> Problem {
        Problem(
            .unprocessableContent, "too-many",
            "there are more than \(limit) records for one table; narrow them down, `--last 1000`, or take them as JSON")
    }
}
