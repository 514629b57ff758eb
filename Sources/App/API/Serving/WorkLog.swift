import ControlPlane
import Logging
import Notices
import Traces
import WebServer
import WorkflowEngine

/// A line of the log for what the work came to; nothing where there was nothing to do.
struct WorkLog {
    private let logger: Logger

    init(_ logger: Logger) { self.logger = logger }

    func tell(_ round: Installation.WatchRound) {
        switch round {
        case .ended(let sweep):
            logger.info(
                "windows ended",
                metadata: ["windows": "\(sweep.windows)", "complete": "\(sweep.summary.isFinished)"])
        case .applied(let applied):
            let outcome = applied.outcome
            guard !outcome.cases.isEmpty || !outcome.summary.isFinished else { return }
            logger.info(
                "applied",
                metadata: [
                    "cases": "\(outcome.cases.count)", "verified": "\(outcome.summary.verified)",
                    "complete": "\(outcome.isComplete)",
                ])
        case .helped(let summary):
            logger.info(
                "carried out what was left",
                metadata: ["sent": "\(summary.sent)", "verified": "\(summary.verified)"])
        case .failed(let error): logger.error("the work failed: \(LogText.visible("\(error)"))")
        }
    }

    /// A step, under the ids of the events that are behind it.
    func tell(_ news: StepNews) {
        let isBegun = news.state == .running
        var details: Logger.Metadata = [
            "case": "\(news.step.caseID)", "step": "\(news.step.sequence)",
            "change": "\(LogText.visible(news.change.id))",
            "target": "\(news.change.target)", "attempt": "\(news.attempt)", "state": "\(news.state.rawValue)",
        ]
        if !news.events.isEmpty { details["event"] = "\(LogText.visible(news.events.joined(separator: " ")))" }
        if let place = TraceContext.current { details["trace"] = "\(place.trace)" }
        if let problem = news.problem { details["problem"] = "\(LogText.visible(problem))" }
        logger.log(
            level: isBegun ? .debug : news.problem == nil ? .info : .warning, isBegun ? "change begins" : "change",
            metadata: details)
    }

    /// An event that came in by a request.
    func tell(_ taken: IntakeRoutes.TakenEvent) {
        let event = taken.receipt.event
        var details: Logger.Metadata = [
            "request": "\(taken.request)", "webhook": "\(LogText.visible(taken.webhook))",
            "event": "\(LogText.visible(event.id))", "source": "\(LogText.visible(event.source))",
            "person": "\(event.person.text)", "outcome": "\(taken.receipt.outcome.rawValue)",
        ]
        if let place = TraceContext.current { details["trace"] = "\(place.trace)" }
        logger.info("event", metadata: details)
    }

    /// A part of a trace, once it is over.
    func tell(_ span: FinishedSpan) {
        guard logger.logLevel <= .debug else { return }
        var details: Logger.Metadata = [
            "trace": "\(span.place.trace)", "span": "\(span.place.span)", "name": "\(LogText.visible(span.name))",
            "kind": "\(span.kind)", "milliseconds": "\(span.milliseconds)",
        ]
        if let parent = span.parent { details["parent"] = "\(parent)" }
        if let failure = span.failure { details["failure"] = "\(failure)" }
        if !span.links.isEmpty { details["links"] = "\(span.links.joined(separator: " "))" }
        for (name, value) in span.attributes { details[name] = "\(LogText.visible(value))" }
        logger.debug("span", metadata: details)
    }

    func tell(_ result: Result<NoticeDelivery.Summary, any Error>) {
        if case .failure(let error) = result { logger.error("notices failed: \(LogText.visible("\(error)"))") }
    }
}
