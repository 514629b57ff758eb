import AccessModel
import Answers
import StrictJSON
import Synchronization

/// Tells of a case as often as it has changed.
final class CaseProgress: Sendable {
    private struct Seen {
        var last: JSONValue?
        var isOver = false
    }

    private let console: Console
    private let seen = Mutex(Seen())

    init(_ console: Console) { self.console = console }

    var isOver: Bool { seen.withLock { $0.isOver } }

    /// - Returns: Whether it goes on.
    func tell(_ json: JSONValue) -> Bool {
        let (isNew, isOver) = seen.withLock { seen in
            let isNew = seen.last.map { $0 != json } ?? true
            seen.last = json
            let state = json["state"]?.string.flatMap { Case.State(rawValue: $0) }
            seen.isOver = state.map { [.active, .revoked, .archived, .cancelled].contains($0) } ?? false
            return (isNew, seen.isOver)
        }
        if isNew { console.print(console.format == .json ? json.compactText : line(json)) }
        return !isOver
    }

    /// `case-1  provisioned  3 of 4 read back`, and what it waits for.
    private func line(_ json: JSONValue) -> String {
        let changes = json["changes"]?.array ?? []
        let done = changes.count { $0["state"]?.string == "verified" }
        let waits = json["waits_for"]?.string.map { "  waits for \($0)" } ?? ""
        return TextTable.visible(
            "\(json["id"]?.string ?? "")  \(json["state"]?.string ?? "")  \(done) of \(changes.count) read back\(waits)"
        )
    }
}
