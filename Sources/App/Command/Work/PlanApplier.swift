import AccessModel
import ControlPlane
import Glibc
import Lifecycle
import Planning

/// Applies a surveyed plan and tells what came of it.
struct PlanApplier: Sendable {
    let console: Console
    let wait: Span

    /// Asks on a terminal; elsewhere the command itself is the answer. True where the plan was shown.
    func confirm(_ surveyed: Installation.Surveyed) throws -> Bool {
        guard isatty(STDIN_FILENO) == 1, isatty(STDOUT_FILENO) == 1, surveyed.survey.plan.hasWork else {
            return false
        }
        PlanPrinter(console: Console(format: .text, allowsColor: console.usesColor)).print(surveyed)
        console.note("\nApply these changes? Only `yes` does.")
        guard readLine() == "yes" else {
            console.note("nothing was changed")
            throw ExitStatus.failed
        }
        return true
    }

    /// - Parameters:
    ///   - isShown: Whether the plan, with what there is to say of the definitions, was printed just before.
    ///   - sweep: What had ended and was taken away before.
    func apply(
        _ surveyed: Installation.Surveyed, on installation: Installation, isShown: Bool = false,
        after sweep: Reconciler.Sweep? = nil
    ) async throws -> Installation.Applied {
        if !isShown {
            let remarks = DefinitionRemarks(surveyed.diagnostics, directory: surveyed.directory)
            for line in remarks.lines(console) { Console.complain(line) }
        }
        let notes = surveyed.survey.plan.notes
        complain(of: notes.filter { $0.severity == .error } + notes.filter { $0.severity == .warning })
        let bar = ProgressBar("applying")
        var applied = try await installation.apply(surveyed, patience: wait) { bar.show(done: $0, total: $1) }
        bar.finish()
        applied.outcome.sweep = sweep
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
        for unread in surveyed.survey.unread {
            Console.complain(UnreadTargetLine(unread, directory: surveyed.directory).text)
        }
        if surveyed.usesLastGood || !surveyed.survey.unread.isEmpty || !outcome.isComplete { throw ExitStatus.failed }
        if !outcome.holds.isEmpty || outcome.isDenied { throw ExitStatus.heldOrDenied }
        if detailedExitcode, surveyed.survey.plan.hasWork || outcome.sweep != nil { throw ExitStatus.changes }
    }
}
