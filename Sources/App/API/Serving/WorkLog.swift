import ControlPlane
import Logging
import Notices
import WebServer

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
        case .failed(let error): logger.error("the work failed: \(LogText.visible("\(error)"))")
        }
    }

    func tell(_ result: Result<NoticeDelivery.Summary, any Error>) {
        if case .failure(let error) = result { logger.error("notices failed: \(LogText.visible("\(error)"))") }
    }
}
