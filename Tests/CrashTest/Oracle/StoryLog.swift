import StrictJSON

/// What the audit log says of one story: whether each change was announced, done once, and read back.
struct StoryLog {
    /// One step of a case.
    private struct Step {
        var change = ""
        var key: String?
        var planned = 0
        var attempts: Set<Int64> = []
        var outcomes: [String] = []
        var verified = 0
        var ended = 0
    }

    private var steps: [String: Step] = [:]
    private var leavers: Set<String> = []
    private var checked: Set<String> = []
    private var events: [String] = []
    private var revisions: [String] = []

    /// - Parameter records: The leaves since the story began.
    init(_ records: [JSONValue]) {
        for record in records {
            let type = record["type"]?.string ?? ""
            let caseID = record["case"]?.string ?? ""
            guard let body = record["body"] else { continue }
            switch type {
            case "case.opened" where body["kind"]?.string == "leaver": leavers.insert(caseID)
            case "residual.checked": checked.insert(caseID)
            case "people.event": events.append(body["id"]?.string ?? "")
            case "definitions.applied": revisions.append(body["revision"]?.string ?? "")
            case _ where type.hasPrefix("change."):
                guard let number = body["step"]?.integer ?? body["seq"]?.integer else { continue }
                note(type, body, in: &steps["\(caseID)/\(number)", default: Step()])
            default: break
            }
        }
    }

    private func note(_ type: String, _ body: JSONValue, in step: inout Step) {
        switch type {
        case "change.planned":
            step.planned += 1
        case "change.attempt":
            step.change = Self.name(body)
            step.key = body["idempotency_key"]?.string
            step.attempts.insert(body["attempt"]?.integer ?? 0)
        case "change.result": step.outcomes.append(body["outcome"]?.string ?? "")
        case "change.verified":
            step.change = Self.name(body)
            step.verified += body["holds"]?.bool == true ? 1 : 0
        case "change.cancelled", "change.skipped": step.ended += 1
        default: break
        }
    }

    private static func name(_ body: JSONValue) -> String {
        ["op", "key"].compactMap { body[$0]?.string }.joined(separator: " ")
    }

    /// - Parameters:
    ///   - changes: Operation and key of each change that the story has to make.
    ///   - event: The event that it is told by, if it is.
    func judge(changes: Set<String>, event: String?) -> Judgement {
        var judgement = Judgement()
        for (name, step) in steps.sorted(by: { $0.key < $1.key }) { judge(step, name, &judgement) }
        let verified = steps.values.filter { $0.verified > 0 }.map(\.change)
        for change in changes.subtracting(verified).sorted() {
            judgement.lost.append("no record says that `\(change)` was read back")
        }
        judgement.doubled += Judgement.twice(verified).map { "`\($0)` was made by two steps" }
        let applied = steps.values.flatMap { step in step.outcomes.filter { $0 == "applied" }.map { _ in step.change } }
        judgement.doubled += Judgement.twice(applied).map { "`\($0)` was applied twice" }
        for leaver in leavers.subtracting(checked) {
            judgement.lost.append("nobody looked whether anything is left to \(leaver)")
        }
        if let event, !events.contains(event) { judgement.lost.append("the event has no record") }
        judgement.doubled += Judgement.twice(events).map { "the event \($0) was taken in twice" }
        judgement.doubled += Judgement.twice(revisions).map { "the definitions \($0) were applied twice" }
        return judgement
    }

    private func judge(_ step: Step, _ name: String, _ judgement: inout Judgement) {
        let what = "\(name) `\(step.change)`"
        if step.planned == 0 { judgement.lost.append("\(what) has no record of its planning") }
        if step.planned > 1 { judgement.doubled.append("\(what) was planned twice") }
        if step.verified + step.ended == 0 { judgement.lost.append("\(what) has no end on record") }
        if step.verified + step.ended > 1 { judgement.doubled.append("\(what) was read back or ended twice") }
        guard step.verified > 0 else { return }
        // Attempts are counted from 1; one that is missing was made without a record.
        let last = step.attempts.max() ?? 0
        if last == 0 || step.attempts != Set(1...max(1, last)) {
            judgement.lost.append("\(what) was sent without a record: attempts \(step.attempts.sorted())")
        }
        // Nobody else works on these targets: what held at the first try was made by an attempt without a record.
        if step.attempts == [1], step.outcomes.contains("already_held") {
            judgement.lost.append("\(what) held already when the first attempt on record was made")
        }
        if step.outcomes.isEmpty { judgement.lost.append("\(what) has no result on record") }
    }
}
