import StrictJSON
import TestSupport
import Testing

/// One record of the log, as `audit log -o json` prints it.
struct LogRecord: Sendable {
    let seq: Int64
    let type: String
    let caseID: String?
    let subject: String?
    let body: JSONValue

    init(_ json: JSONValue) throws {
        seq = try #require(json["seq"]?.integer)
        type = try #require(json["type"]?.string)
        caseID = json["case"]?.string
        subject = json["subject"]?.string
        body = try #require(json["body"])
    }
}

extension Rehearsal {
    func records() async throws -> [LogRecord] {
        try #require(try await json("audit", "log").array).map { try LogRecord($0) }
    }

    /// The log, exported and verified offline with nothing but the public key.
    @discardableResult
    func expectGenuineLog() async throws -> [LogRecord] {
        try await expect(0, "audit", "export", "log.jsonl")
        let key = (environment["TENURE_KEYS"] ?? "state") + "/tenure.pub"
        let verified = try await expect(0, "audit", "verify", "log.jsonl", "--key", key)
        #expect(verified.output.hasPrefix("genuine: ") && !verified.output.contains("note:"), "\(verified.output)")
        return try read("log.jsonl").split(separator: "\n").compactMap { line in
            try JSONParser.parse(String(line))["leaf"].map { try LogRecord($0) }
        }
    }
}

/// What the log says of every change of every case: whether each was done once, told before and read back after.
struct Journal {
    private struct Step {
        var what = ""
        var planned = 0
        var attempts = 0
        var applied = 0
        var verified = 0
        var ended = 0
    }

    private var steps: [String: Step] = [:]

    init(_ records: [LogRecord]) {
        for record in records {
            guard let number = record.body["step"]?.integer ?? record.body["seq"]?.integer,
                record.type.hasPrefix("change."), let id = record.caseID
            else { continue }
            var step = steps["\(id) \(number)", default: Step()]
            note(record, in: &step)
            steps["\(id) \(number)"] = step
        }
    }

    private func note(_ record: LogRecord, in step: inout Step) {
        let body = record.body
        switch record.type {
        case "change.planned": step.planned += 1
        case "change.attempt":
            step.attempts += 1
            step.what = ["target", "op", "key"].compactMap { body[$0]?.string }.joined(separator: " ")
        case "change.result": step.applied += body["outcome"]?.string == "applied" ? 1 : 0
        case "change.verified": step.verified += body["holds"]?.bool == true ? 1 : 0
        case "change.cancelled", "change.skipped": step.ended += 1
        default: break
        }
    }

    /// Everything that is wrong with it, in words; empty when nothing was lost, doubled or left without a record.
    var faults: [String] {
        var faults: [String] = []
        var applied: [String: Int] = [:]
        for (name, step) in steps.sorted(by: { $0.key < $1.key }) {
            if step.planned != 1 { faults.append("\(name) was planned \(step.planned) times") }
            if step.verified + step.ended != 1 {
                faults.append("\(name) (\(step.what)) was verified \(step.verified) times, ended \(step.ended) times")
            }
            if step.verified > 0, step.attempts == 0 { faults.append("\(name) was verified but never attempted") }
            if !step.what.isEmpty { applied[step.what, default: 0] += step.applied }
        }
        for (what, count) in applied.sorted(by: { $0.key < $1.key }) where count > 1 {
            faults.append("`\(what)` was applied \(count) times")
        }
        return faults
    }

    var count: Int { steps.count }
}
