import AccessModel
import ConnectorKit
import Forges
import Lifecycle
import Logging
import Persistence
import WebServer

/// Answers pull requests into the branch that is followed, each commit once: a comment with the plan, found again and
/// written anew where the request goes on, and a status that says whether it may be merged.
struct RequestPlanner {
    private let installation: Installation
    private let repository: DefinitionRepository
    private let forge: RepositoryForge
    private let logger: Logger

    /// Plans of one round; the rest come with the next.
    private static let roundLimit = 20

    init(
        _ installation: Installation, _ repository: DefinitionRepository, _ forge: RepositoryForge, logger: Logger
    ) {
        self.installation = installation
        self.repository = repository
        self.forge = forge
        self.logger = logger
    }

    func round() async throws {
        let operation = "list the \(forge.client.noun)s"
        let open = try await forge.client.openRequests(into: repository.branch, operation: operation)
        if !open.isWhole {
            logger.error(
                "more \(forge.client.noun)s are open than are answered at a time: only the \(open.requests.count) oldest are"
            )
        }
        let project = forge.project
        let answered = try await installation.database.read { session in
            try RequestAnswerStore(session).heads(in: project)
        }
        for request in open.requests.filter({ answered[$0.number] != $0.head }).prefix(Self.roundLimit) {
            try Task.checkCancellation()
            do {
                try await answer(request)
            } catch is CancellationError {
                throw CancellationError()
            } catch {
                // Nothing is lost: it is not answered yet, so the next round tries again.
                logger.error(
                    "\(forge.client.noun) \(request.number) was not answered: \(LogText.visible("\(error)"))",
                    metadata: ["commit": "\(request.head)"])
            }
        }
    }

    private func answer(_ request: OpenRequest) async throws {
        guard let report = try await self.report(request) else { return }
        // The comment is looked for, not remembered: one that was written before a crash is found again.
        try await forge.client.post(report, on: request.number, of: request.head)
        let answer = RequestAnswerStore.Answer(
            repository: forge.project, request: request.number, head: request.head,
            outcome: report.isFailure ? "failure" : "success", at: installation.clock.now())
        try await installation.database.write { session in try RequestAnswerStore(session).set(answer) }
        logger.info(
            "\(forge.client.noun) \(request.number) answered: \(LogText.visible(report.summary))",
            metadata: ["commit": "\(request.head)"])
    }

    /// Nil where the request has gone on meanwhile; the next round looks at it.
    private func report(_ request: OpenRequest) async throws -> PlanReport? {
        let operation = "read \(forge.client.noun) \(request.number)"
        let reference = forge.client.headReference(of: request.number)
        let base = "the definitions in force"
        let followed = try await installation.followedDefinitions().commit
        let contents: DefinitionFolder.Contents?
        do {
            contents = try await repository.withHead(reference, operation: operation) { git, commit in
                guard commit == request.head else { return nil }
                // A branch that is behind takes nothing away that came to the other since.
                var merged = commit
                if let followed {
                    merged = try await DefinitionRepository.merge(of: commit, into: followed, git, operation)
                }
                return try await DefinitionTree(git).contents(at: merged, operation)
            }
        } catch let error as ConnectorError where error.code == .invalid {
            // It will not be otherwise the next time.
            return PlanReport(.unreadable(error.message), commit: request.head, base: base)
        }
        guard let contents else { return nil }
        let check = DefinitionCheck(contents)
        guard check.definitions != nil else {
            return PlanReport(.broken(check.diagnostics), commit: request.head, base: base)
        }
        do {
            let now = installation.reading(as: installation.context.actor)
            return PlanReport(try await now.preview(check), commit: request.head, base: base)
        } catch let broken as BrokenDefinitions {
            return PlanReport(.broken(broken.diagnostics), commit: request.head, base: base)
        }
    }
}
