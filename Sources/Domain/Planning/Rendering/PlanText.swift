import AccessModel

/// A plan as text for a terminal or a file.
public struct PlanText: Sendable {
    public let usesColor: Bool
    /// Of each lane, how many changes are shown; nil for all.
    public let limit: Int?

    public init(usesColor: Bool = false, limit: Int? = 500) {
        self.usesColor = usesColor
        self.limit = limit
    }

    /// Ends with a line feed.
    public func render(_ plan: Plan) -> String {
        var lines: [String] = []
        for lane in Change.Lane.allCases {
            let changes = plan.changes.filter { $0.lane == lane }
            guard !changes.isEmpty else { continue }
            lines.append(paint(lane == .revoke ? "Revocations" : "Grants", .bold))
            lines += render(changes, of: plan)
            lines.append("")
        }
        if !plan.notes.isEmpty {
            lines.append(paint("Notes", .bold))
            lines += render(plan.notes)
            lines.append("")
        }
        for group in plan.blastRadius.lastAdminLosses {
            lines.append(paint("warning: nobody can be admin in `\(group)` any more", .red))
        }
        lines.append(paint(plan.summary, .bold))
        if !plan.changes.isEmpty {
            lines.append("blast radius: \(plan.reach)")
            lines.append("hash: \(plan.hash)")
        }
        return lines.joined(separator: "\n") + "\n"
    }

    private func render(_ changes: [Change], of plan: Plan) -> [String] {
        func object(of change: Change) -> String {
            let words = ChangeWords(change: change, isReportedOnly: plan.isReportedOnly(change))
            return printable(words.object) + words.marks
        }
        let shown = changes.prefix(limit ?? changes.count)
        var lines: [String] = []
        for section in Self.sections(of: shown) {
            let name = section.changes.lazy.compactMap { ChangeWords(change: $0).name }.first
            let title = section.subject + (name.map { " (\($0))" } ?? "")
            lines.append("  \(section.target) / \(printable(title))")
            let width = section.changes.map { ChangeWords(change: $0).kind.count }.max() ?? 0
            let objects = section.changes.map(object)
            let objectWidth = min(objects.map(\.count).max() ?? 0, 60)
            for (change, object) in zip(section.changes, objects) {
                lines.append(line(change, Self.pad(object, to: objectWidth), width))
            }
        }
        if changes.count > shown.count { lines.append("  and \(changes.count - shown.count) more") }
        return lines
    }

    private func line(_ change: Change, _ object: String, _ kindWidth: Int) -> String {
        let words = ChangeWords(change: change)
        let kind = Self.pad(words.kind, to: kindWidth)
        let head = paint("\(words.symbol) \(kind)  \(object)", color(of: change))
        return "    \(head)  \(paint("# \(printable(words.why))", .dim))"
    }

    private func render(_ notes: [PlanNote]) -> [String] {
        let shown = notes.prefix(limit ?? notes.count)
        var lines = shown.map { note in
            let place = note.place.map { "\($0): " } ?? ""
            let color: Color = note.severity == .error ? .red : note.severity == .warning ? .yellow : .dim
            return "  \(printable(place))\(paint("\(note.severity.rawValue):", color)) \(printable(note.message))"
        }
        if notes.count > shown.count { lines.append("  and \(notes.count - shown.count) more") }
        return lines
    }

    // MARK: Sections

    struct Section {
        let target: Slug
        let subject: String
        var changes: [Change]
    }

    /// By target and subject, each where its first change stands in the plan.
    static func sections(of changes: ArraySlice<Change>) -> [Section] {
        struct Key: Hashable {
            let target: Slug
            let subject: String
        }
        var places: [Key: Int] = [:]
        var sections: [Section] = []
        for change in changes {
            let key = Key(target: change.target, subject: ChangeWords(change: change).subject)
            if let place = places[key] {
                sections[place].changes.append(change)
            } else {
                places[key] = sections.count
                sections.append(Section(target: key.target, subject: key.subject, changes: [change]))
            }
        }
        return sections
    }

    private static func pad(_ text: String, to width: Int) -> String {
        text + String(repeating: " ", count: max(0, width - text.count))
    }

    // MARK: Colour

    private enum Color: String {
        case bold = "1"
        case dim = "2"
        case red = "31"
        case green = "32"
        case yellow = "33"
    }

    private func color(of change: Change) -> Color {
        switch change.operation {
        case .add: .green
        case .remove: .red
        case .update: change.lane == .revoke ? .red : .yellow
        }
    }

    private func paint(_ text: String, _ color: Color) -> String {
        usesColor ? "\u{1B}[\(color.rawValue)m\(text)\u{1B}[0m" : text
    }
}
