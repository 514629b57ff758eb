import AccessModel
import Definitions
import Forges
import Lifecycle
import Planning
import StrictJSON

/// What came of planning what a pull request proposes, for those who read it there.
///
/// What files and targets say stands between fences of code alone, longer than any run of their marks in it: no name
/// formats, links, mentions anybody, or is a forge's command.
public struct PlanReport: Sendable {
    /// Begins every comment, so that it is found again.
    static let mark = "<!-- tenure:plan -->"
    static let statusName = "tenure/plan"

    /// What the definitions come to.
    public enum Finding: Sendable {
        /// They have errors, so nothing was planned.
        case broken([Diagnostic])
        case planned(Plan, Verdict, diagnostics: [Diagnostic], unread: [Survey.UnreadTarget])
        /// Nobody's people and targets were at hand: what differs from other files.
        case compared([String], diagnostics: [Diagnostic])
        /// They could not be read at all: why.
        case unreadable(String)
    }

    public let finding: Finding
    /// The commit that was planned.
    public let commit: String
    /// For people: what it was compared with.
    public let base: String

    public init(_ finding: Finding, commit: String, base: String) {
        self.finding = finding
        self.commit = commit
        self.base = base
    }

    public init(_ surveyed: Installation.Surveyed, commit: String, base: String) {
        let survey = surveyed.survey
        self.init(
            .planned(
                survey.plan, survey.judgement.verdict, diagnostics: surveyed.diagnostics, unread: survey.unread),
            commit: commit, base: base)
    }

    // MARK: In a word

    /// What is held for a second person is no failure: it is merged first, and agreed to then.
    public var isFailure: Bool {
        switch finding {
        case .broken, .unreadable: true
        case .compared: false
        case .planned(_, let verdict, _, _): verdict.outcome == .denied
        }
    }

    public var summary: String {
        switch finding {
        case .broken(let diagnostics):
            let count = diagnostics.count { $0.severity == .error }
            return "\(count) \(count == 1 ? "error" : "errors") in the definitions"
        case .unreadable: return "the definitions cannot be read"
        case .compared(let lines, _):
            let count = lines.count { $0.hasPrefix("+") || $0.hasPrefix("-") || $0.hasPrefix("~") }
            return count == 0 ? "nothing differs" : "\(count) \(count == 1 ? "difference" : "differences")"
        case .planned(let plan, let verdict, _, let unread):
            let denied = verdict.outcome == .denied ? "denied by policy; " : ""
            let unseen =
                unread.isEmpty ? "" : "; \(unread.count) \(unread.count == 1 ? "target" : "targets") not looked at"
            return denied + plan.summary + unseen
        }
    }

    public var status: CommitStatus {
        CommitStatus(name: Self.statusName, state: isFailure ? .failure : .success, description: summary)
    }

    /// How a command ends because of it.
    public enum Ending: Hashable, Sendable {
        case done, changes, failed, heldOrDenied
    }

    /// Error before held or denied, before changes, as `tenure plan` ends.
    public var ending: Ending {
        switch finding {
        case .broken, .unreadable: return .failed
        case .compared(let lines, _): return lines.isEmpty ? .done : .changes
        case .planned(let plan, let verdict, _, let unread):
            if !unread.isEmpty { return .failed }
            if plan.isHeld || verdict.outcome == .denied { return .heldOrDenied }
            return plan.hasWork ? .changes : .done
        }
    }

    public var json: JSONValue {
        var object = JSONObject()
        object["commit"] = .string(commit)
        object["base"] = .string(base)
        object["failure"] = .bool(isFailure)
        object["summary"] = .string(summary)
        switch finding {
        case .broken(let diagnostics): object["diagnostics"] = .array(diagnostics.map(\.json))
        case .unreadable(let why): object["problem"] = .string(why)
        case .compared(let lines, let diagnostics):
            object["differences"] = .array(lines.map { .string($0) })
            object["diagnostics"] = .array(diagnostics.map(\.json))
        case .planned(let plan, _, let diagnostics, _):
            object["plan"] = plan.json
            object["diagnostics"] = .array(diagnostics.map(\.json))
        }
        return .object(object)
    }

    // MARK: As a comment

    /// So many lines of each kind are shown at first; fewer where that is too long.
    private static let limits = [500, 200, 100, 50, 20, 5, 0]

    /// - Parameter limit: Characters that it may have.
    public func comment(limit: Int) -> String {
        var text = ""
        for lines in Self.limits {
            text = rendered(lines)
            // A forge may count otherwise than Swift; scalars and code units are never fewer than characters.
            if text.utf16.count <= limit { return text }
        }
        // Nothing of variable length is left but single lines that are too long.
        return head + "\n\nThis is too long to be shown here; `tenure plan` shows it."
    }

    private var head: String {
        """
        \(Self.mark)
        ### Access plan: \(PlanReport.plain(summary))

        Of commit `\(commit.prefix(40))`, compared with \(PlanReport.plain(base)). Nothing was changed.
        """
    }

    private func rendered(_ limit: Int) -> String {
        let parts: [String] =
            switch finding {
            case .broken(let diagnostics): [Self.fenced(Self.lines(diagnostics, limit))]
            case .unreadable(let why): [Self.fenced([Self.printed(why)])]
            case .compared(let lines, let diagnostics):
                [
                    Self.fenced(Self.lines(diagnostics.filter { $0.severity != .note }, limit)),
                    Self.fenced(lines.prefix(limit).map(Self.printed)) + Self.more(lines.count - limit, "difference"),
                ]
            case .planned(let plan, let verdict, let diagnostics, let unread):
                [
                    Self.fenced(verdict.reasons.prefix(limit).map { Self.printed($0.line) })
                        + Self.more(verdict.reasons.count - limit, "reason"),
                    Self.fenced(unread.prefix(limit).map { "\($0.target): " + Self.printed($0.problem.message) })
                        + Self.more(unread.count - limit, "target"),
                    Self.fenced(Self.lines(diagnostics.filter { $0.severity != .note }, limit)),
                    Self.fenced([String(PlanText(limit: limit).render(plan).dropLast())]),
                ]
            }
        return ([head] + parts.filter { !$0.isEmpty }).joined(separator: "\n\n") + "\n"
    }

    private static func lines(_ diagnostics: [Diagnostic], _ limit: Int) -> [String] {
        let sorted =
            diagnostics.filter { $0.severity == .error } + diagnostics.filter { $0.severity != .error }
        let shown = sorted.prefix(limit).map { printed($0.text) }
        return sorted.count > limit ? shown + ["and \(sorted.count - limit) more; `tenure validate` shows them"] : shown
    }

    private static func more(_ count: Int, _ noun: String) -> String {
        count > 0 ? "\n\nand \(count) more \(noun)\(count == 1 ? "" : "s")" : ""
    }

    // MARK: Safely

    /// Between fences, each longer than every run of backticks inside; empty for nothing.
    static func fenced(_ lines: [String]) -> String {
        guard !lines.isEmpty else { return "" }
        let text = lines.joined(separator: "\n")
        var (longest, run) = (0, 0)
        for byte in text.utf8 {
            run = byte == UInt8(ascii: "`") ? run + 1 : 0
            longest = max(longest, run)
        }
        let fence = String(repeating: "`", count: max(3, longest + 1))
        return "\(fence)text\n\(text)\n\(fence)"
    }

    /// On one line, and shown as it is written.
    static func printed(_ text: String) -> String { printable(text) }

    /// Letters, digits and what no forge reads anything into; everything else is left out.
    static func plain(_ text: String) -> String {
        String(
            decoding: text.utf8.filter { $0.isLetter || $0.isDigit || " .,;:-/%".utf8.contains($0) }, as: UTF8.self)
    }
}

extension Verdict.Reason {
    /// What one policy said of a plan, in one line.
    public var line: String {
        let verb =
            switch effect {
            case .denies: "denied"
            case .holds: "held"
            case .warns: "warning"
            case .observes: "observed only"
            }
        let place = place.map { " (\($0))" } ?? ""
        let first = changes.first.map { ": \($0)" } ?? ""
        let others = changes.count > 1 ? ", and \(changes.count - 1) more" : ""
        return "\(verb) by `\(rule)`\(place): \(message)\(first)\(others)"
    }
}
