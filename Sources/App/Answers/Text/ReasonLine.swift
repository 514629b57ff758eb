import AccessModel

/// What one policy said of a plan, in one line.
struct ReasonLine {
    let reason: Verdict.Reason

    init(_ reason: Verdict.Reason) { self.reason = reason }

    var text: String {
        let verb =
            switch reason.effect {
            case .denies: "denied"
            case .holds: "held"
            case .warns: "warning"
            case .observes: "observed only"
            }
        let place = reason.place.map { " (\($0))" } ?? ""
        let first = reason.changes.first.map { ": \($0)" } ?? ""
        let others = reason.changes.count > 1 ? ", and \(reason.changes.count - 1) more" : ""
        return "\(verb) by `\(reason.rule)`\(place): \(reason.message)\(first)\(others)"
    }
}
