import AccessModel

/// A plan as a comment on a pull request.
public struct PlanMarkdown: Sendable {
    /// Of each lane, how many changes are shown; a comment has room for some sixty thousand characters.
    public let limit: Int

    public init(limit: Int = 200) { self.limit = limit }

    /// Ends with a line feed.
    public func render(_ plan: Plan) -> String {
        var lines = ["### Access plan: \(plan.summary)", ""]
        for group in plan.blastRadius.lastAdminLosses {
            lines += ["> **Warning:** nobody can be admin in \(Self.code(group)) any more", ""]
        }
        let serious = plan.notes.filter { $0.severity != .note }
        for note in serious.prefix(limit) {
            lines.append("- **\(note.severity.rawValue)** \(text(of: note))")
        }
        if serious.count > limit { lines.append("- and \(serious.count - limit) more") }
        if !serious.isEmpty { lines.append("") }
        if !plan.changes.isEmpty { lines += ["Blast radius: \(plan.reach)", ""] }
        for lane in Change.Lane.allCases { lines += table(plan, lane) }
        lines += remarks(plan.notes.filter { $0.severity == .note })
        if !plan.changes.isEmpty { lines += ["Hash: \(Self.code(plan.hash))", ""] }
        return lines.joined(separator: "\n")
    }

    private func table(_ plan: Plan, _ lane: Change.Lane) -> [String] {
        let changes = plan.changes.filter { $0.lane == lane }
        guard !changes.isEmpty else { return [] }
        let name = lane == .revoke ? "Revocations" : "Grants"
        var lines = [
            "<details\(lane == .revoke ? " open" : "")><summary>\(name) (\(changes.count))</summary>", "",
            "| | target | whose | kind | what | why |", "| --- | --- | --- | --- | --- | --- |",
        ]
        for change in changes.prefix(limit) {
            let words = ChangeWords(change: change, isReportedOnly: plan.isReportedOnly(change))
            let cells = [
                Self.code(words.symbol), Self.escape(change.target.text), Self.escape(words.subject),
                Self.escape(words.kind), Self.escape(words.object) + Self.escape(words.marks), Self.escape(words.why),
            ]
            lines.append("| \(cells.joined(separator: " | ")) |")
        }
        if changes.count > limit { lines += ["", "and \(changes.count - limit) more"] }
        return lines + ["", "</details>", ""]
    }

    private func remarks(_ notes: [PlanNote]) -> [String] {
        guard !notes.isEmpty else { return [] }
        var lines = ["<details><summary>Notes (\(notes.count))</summary>", ""]
        lines += notes.prefix(limit).map { "- \(text(of: $0))" }
        if notes.count > limit { lines.append("- and \(notes.count - limit) more") }
        return lines + ["", "</details>", ""]
    }

    private func text(of note: PlanNote) -> String {
        let place = note.place.map { "\(Self.code($0.description)): " } ?? ""
        return place + Self.escape(note.message)
    }

    /// Every mark that markdown or HTML gives a meaning, so that a name can neither format, link, mention nor break
    /// out of its cell.
    static func escape(_ text: String) -> String {
        var escaped = ""
        for scalar in printable(text).unicodeScalars {
            switch scalar {
            case "<": escaped += "&lt;"
            case ">": escaped += "&gt;"
            case "&": escaped += "&amp;"
            case "@": escaped += "&#64;"
            case "\\", "`", "*", "_", "{", "}", "[", "]", "(", ")", "#", "!", "|", "~":
                escaped += "\\"
                escaped.unicodeScalars.append(scalar)
            default: escaped.unicodeScalars.append(scalar)
            }
        }
        return escaped
    }

    /// As code, where nothing inside can end it or a table's cell.
    static func code(_ text: String) -> String {
        let safe = printable(text).map { $0 == "`" ? "'" : $0 == "|" ? "¦" : $0 }
        return "`\(String(safe))`"
    }
}
