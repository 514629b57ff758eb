import AccessModel
import ControlPlane
import Lifecycle
import Logging
import ServiceLifecycle
import WebServer

/// Follows the organisation's files: what has changed in them, and is sound, is applied. What is not sound changes nothing,
/// and is told once.
struct DefinitionRun: Service {
    enum Source: Sendable {
        case folder(String)
        case repository(DefinitionCheckout)
    }

    let installation: Installation
    let source: Source
    let interval: Duration
    let logger: Logger

    func run() async throws {
        try await cancelWhenGracefulShutdown {
            var seen: String?
            while !Task.isCancelled {
                do {
                    seen = try await follow(seen)
                    logger.debug("definitions followed")
                } catch is CancellationError {
                    return
                } catch {
                    logger.error("the definitions were not followed: \(LogText.visible("\(error)"))")
                }
                do {
                    try await Task.sleep(for: interval)
                } catch {
                    return
                }
            }
        }
    }

    /// - Parameter seen: The files as they were looked at last.
    private func follow(_ seen: String?) async throws -> String? {
        let (folder, commit) = try await current()
        let check = try Installation.read(folder)
        guard check.revision != seen else { return seen }
        guard check.definitions != nil else {
            for diagnostic in check.diagnostics.prefix(20) { logger.error("\(LogText.visible(diagnostic.text))") }
            logger.error("the definitions have errors; the last good ones stay in force", metadata: metadata(commit))
            return check.revision
        }
        guard check.revision != (try await installation.definitionsInForce()?.revision) else { return check.revision }
        let now = try await installation.acting(as: installation.context.actor)
        let applied = try await now.apply(
            try await now.survey(folder, person: nil), patience: .seconds(5)
        ) { _, _ in }
        var details = metadata(commit)
        details["complete"] = "\(applied.outcome.isComplete)"
        details["cases"] = "\(applied.outcome.cases.count)"
        details["held"] = "\(!applied.outcome.holds.isEmpty)"
        logger.info("definitions applied", metadata: details)
        return check.revision
    }

    private func metadata(_ commit: String?) -> Logger.Metadata { commit.map { ["commit": "\($0)"] } ?? [:] }

    /// The folder to read, and the commit that it is at. Git may take its time, on a thread of its own.
    private func current() async throws -> (folder: String, commit: String?) {
        switch source {
        case .folder(let path): return (path, nil)
        case .repository(let checkout):
            let commit = try await Task.detached { try checkout.update() }.value
            return (checkout.folder, commit)
        }
    }
}
