import AccessModel
import ControlPlane
import Glibc
import Lifecycle
import Planning

/// Applies a surveyed plan and tells what came of it.
struct PlanApplier: Sendable {
    let console: Console
    let wait: Span

    /// Asks on a terminal; elsewhere the command itself is the answer.
    func confirm(_ surveyed: Installation.Surveyed) throws {
        guard isatty(STDIN_FILENO) == 1, isatty(STDOUT_FILENO) == 1, !surveyed.survey.plan.changes.isEmpty else {
            return
        }
        PlanPrinter(console: Console(format: .text, allowsColor: console.usesColor)).print(surveyed)
        console.note("\nApply these changes? Only `yes` does.")
        guard readLine() == "yes" else {
            console.note("nothing was changed")
            throw ExitStatus.failed
        }
    }

    func apply(_ surveyed: Installation.Surveyed, on installation: Installation) async throws -> Installation.Applied {
        for diagnostic in surveyed.diagnostics { Console.complain(DiagnosticLine(diagnostic).text(console)) }
        let notes = surveyed.survey.plan.notes
        complain(of: notes.filter { $0.severity == .error } + notes.filter { $0.severity == .warning })
        let bar = ProgressBar("applying")
        let applied = try await installation.apply(surveyed, patience: wait) { bar.show(done: $0, total: $1) }
        bar.finish()
        let survey = applied.surveyed.survey
        if console.format == .json {
            console.print(applied.outcome.json(survey.plan).prettyText)
        } else {
            console.print(ApplyText(console: console).render(applied.outcome, roster: survey.roster))
        }
        return applied
    }

    /// What the apply goes on without: entries in error, people who hold nothing.
    private func complain(of notes: [PlanNote]) {
        for note in notes.prefix(20) { Console.complain(PlanNoteLine(note).text(console)) }
        if notes.count > 20 { Console.complain("and \(notes.count - 20) more; `tenure plan` shows them") }
    }

    /// Error before held or denied, before changes.
    func finish(_ applied: Installation.Applied, detailedExitcode: Bool) throws {
        let (surveyed, outcome) = (applied.surveyed, applied.outcome)
        if surveyed.usesLastGood {
            Console.complain("error: the definitions have errors; the last good ones stay in force")
        }
        for problem in surveyed.survey.problems { Console.complain("error: \(TextTable.visible("\(problem)"))") }
        if surveyed.usesLastGood || !surveyed.survey.problems.isEmpty || !outcome.isComplete { throw ExitStatus.failed }
        if !outcome.holds.isEmpty || outcome.isDenied { throw ExitStatus.heldOrDenied }
        if detailedExitcode, !surveyed.survey.plan.changes.isEmpty { throw ExitStatus.changes }
    }
}
