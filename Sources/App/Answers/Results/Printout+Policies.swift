import Lifecycle
import Policies
import StrictJSON

extension Printout {
    /// Which decisions flip. Its status is ``ExitStatus/changes`` where any does.
    public static func replay(_ outcome: PolicyReplay.Outcome) -> Printout {
        let count = outcome.flips.count
        return Printout(
            status: !outcome.unknown.isEmpty ? .failed : count > 0 ? .changes : .done,
            text: { _ in
                count == 0 ? nil : outcome.flips.flatMap(lines).joined(separator: "\n")
            },
            json: {
                [
                    "decided": .integer(Int64(outcome.decided)), "flips": .array(outcome.flips.map(\.json)),
                    "unknown": .array(outcome.unknown.map(\.json)),
                    "unreadable": .array(outcome.unreadable.map(JSONValue.string)),
                ]
            },
            remarks: { _ in
                outcome.unknown.map { .complaint(warning($0)) }
                    + outcome.unreadable.map { .complaint("warning: \(TextTable.visible($0))") }
                    + [
                        .note(
                            "\(outcome.decided) \(outcome.decided == 1 ? "decision" : "decisions") made again, "
                                + "\(count) \(count == 1 ? "flips" : "flip")")
                    ]
            })
    }

    private static func warning(_ plan: PolicyReplay.Unknown) -> String {
        "warning: plan \(plan.plan.prefix(12)) of \(plan.at): \(plan.questions) "
            + "\(plan.questions == 1 ? "question is" : "questions are") not on record and not decided again"
    }

    private static func lines(_ flip: PolicyFlip) -> [String] {
        let before = flip.beforeBy.isEmpty ? "" : " (was by \(flip.beforeBy.map { "`\($0)`" }.joined(separator: ", ")))"
        let head = "\(flip.direction): \(flip.at) \(flip.question.kind.rawValue) \(flip.about) \(flip.who)"
        return [TextTable.visible(head) + before] + flip.after.lines.map { "    " + TextTable.visible($0) }
    }
}

extension PolicyReplay.Unknown {
    fileprivate var json: JSONValue {
        ["at": .string(at.description), "plan": .string(plan), "questions": .integer(Int64(questions))]
    }
}
