import ControlPlane
import Lifecycle
import Planning
import StrictJSON

/// Prints a plan in the form that was asked for, and says how the command ends because of it.
struct PlanPrinter {
    let console: Console

    func print(_ surveyed: Installation.Surveyed) {
        let remarks = DefinitionRemarks(surveyed.diagnostics, directory: surveyed.directory)
        for line in remarks.lines(console) { Console.complain(line) }
        if surveyed.usesLastGood {
            Console.complain("error: the definitions have errors; this follows the last good ones")
        }
        let plan = surveyed.survey.plan
        switch console.format {
        case .json:
            var json = plan.json.object ?? JSONObject()
            json["forecast"] = ForecastText(surveyed).json
            console.print(JSONValue.object(json).prettyText)
        case .markdown: console.print(PlanMarkdown().render(plan))
        case .text: console.print(String(PlanText(usesColor: console.usesColor).render(plan).dropLast()))
        }
        for line in ForecastText(surveyed).lines { console.note(line) }
        for reason in surveyed.survey.judgement.verdict.reasons {
            Console.complain(TextTable.visible(ReasonLine(reason).text))
        }
    }

    /// Error before held or denied, before changes.
    func finish(_ surveyed: Installation.Surveyed, detailedExitcode: Bool) throws {
        for unread in surveyed.survey.unread {
            Console.complain(UnreadTargetLine(unread, directory: surveyed.directory).text)
        }
        if surveyed.usesLastGood || !surveyed.survey.unread.isEmpty { throw ExitStatus.failed }
        if surveyed.survey.plan.isHeld || surveyed.survey.judgement.isDenied { throw ExitStatus.heldOrDenied }
        if detailedExitcode, surveyed.survey.plan.hasWork { throw ExitStatus.changes }
    }
}
