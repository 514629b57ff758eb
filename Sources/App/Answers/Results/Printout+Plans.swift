import ControlPlane
import Definitions
import Lifecycle
import Planning
import StrictJSON

extension Printout {
    /// What would change. Its status is ``ExitStatus/changes`` where there is work to do.
    public static func plan(_ surveyed: Installation.Surveyed) -> Printout {
        let plan = surveyed.survey.plan
        let forecast = ForecastText(surveyed)
        var printout = Printout(
            status: status(surveyed),
            text: { ink in String(PlanText(usesColor: ink.usesColor).render(plan).dropLast()) },
            json: {
                var json = plan.json.object ?? JSONObject()
                json["forecast"] = forecast.json
                return .object(json)
            },
            remarks: { ink in remarks(surveyed, forecast, ink) })
        printout.markdown = { PlanMarkdown().render(plan) }
        return printout
    }

    private static func remarks(
        _ surveyed: Installation.Surveyed, _ forecast: ForecastText, _ ink: Ink
    ) -> [Remark] {
        var remarks = DefinitionRemarks(surveyed.diagnostics, directory: surveyed.shownDirectory).lines(ink).map {
            Remark.complaint($0)
        }
        if surveyed.usesLastGood {
            remarks.append(.complaint("error: the definitions have errors; this follows the last good ones"))
        }
        remarks += forecast.lines.map { .note($0) }
        remarks += surveyed.survey.judgement.verdict.reasons.map { reason in
            .complaint(TextTable.visible(reason.line))
        }
        return remarks + unread(surveyed)
    }

    private static func unread(_ surveyed: Installation.Surveyed) -> [Remark] {
        surveyed.survey.unread.map { unread in
            .complaint(UnreadTargetLine(unread, directory: surveyed.shownDirectory).text)
        }
    }

    /// Error before held or denied, before changes.
    private static func status(_ surveyed: Installation.Surveyed) -> ExitStatus {
        if surveyed.usesLastGood || !surveyed.survey.unread.isEmpty { return .failed }
        if surveyed.survey.plan.isHeld || surveyed.survey.judgement.isDenied { return .heldOrDenied }
        return surveyed.survey.plan.hasWork ? .changes : .done
    }

    // MARK: What was made to happen

    /// What is said before a plan is made to happen that was not shown: what it goes on without.
    public static func beforehand(_ surveyed: Installation.Surveyed, isShown: Bool, _ ink: Ink) -> [Remark] {
        var lines: [String] = []
        if !isShown {
            lines = DefinitionRemarks(surveyed.diagnostics, directory: surveyed.shownDirectory).lines(ink)
        }
        let notes = surveyed.survey.plan.notes
        let serious = notes.filter { $0.severity == .error } + notes.filter { $0.severity == .warning }
        lines += serious.prefix(20).map { PlanNoteLine($0).text(ink) }
        if serious.count > 20 { lines.append("and \(serious.count - 20) more; `tenure plan` shows them") }
        return lines.map { .complaint($0) }
    }

    /// What came of a plan. Its status is ``ExitStatus/changes`` where something was changed.
    public static func applied(_ applied: Installation.Applied) -> Printout {
        let (surveyed, outcome) = (applied.surveyed, applied.outcome)
        let (plan, roster) = (surveyed.survey.plan, surveyed.survey.roster)
        return Printout(
            status: status(applied), text: { ink in ApplyText(ink: ink).render(outcome, roster: roster) },
            json: { outcome.json(plan) },
            remarks: { _ in
                let error = "error: the definitions have errors; the last good ones stay in force"
                return (surveyed.usesLastGood ? [.complaint(error)] : []) + unread(surveyed)
            })
    }

    private static func status(_ applied: Installation.Applied) -> ExitStatus {
        let (surveyed, outcome) = (applied.surveyed, applied.outcome)
        if surveyed.usesLastGood || !surveyed.survey.unread.isEmpty || !outcome.isComplete { return .failed }
        if !outcome.holds.isEmpty || outcome.isDenied { return .heldOrDenied }
        return surveyed.survey.plan.hasWork || outcome.sweep != nil ? .changes : .done
    }
}
