import AccessModel
import ConnectorKit
import Definitions
import Forges
import Lifecycle
import Logging
import Persistence
import WebServer
import WorkflowEngine

/// Opens the pull request that takes whoever left or moved out of the tenants' files, so that the files stay the truth. The
/// access itself is gone before: nothing waits for the request.
///
/// One departure is proposed once. What people do with the request is theirs: merged, changed or closed, it is never opened
/// again, and no commit of theirs is ever written over. What is not so any more is closed (``DepartureReview``).
struct DepartureProposer {
    private let installation: Installation
    private let repository: DefinitionRepository
    private let forge: RepositoryForge
    private let book: DepartureBook
    private let logger: Logger

    init(
        _ installation: Installation, _ repository: DefinitionRepository, _ forge: RepositoryForge, logger: Logger
    ) {
        self.installation = installation
        self.repository = repository
        self.forge = forge
        book = DepartureBook(installation: installation, project: forge.project)
        self.logger = logger
    }

    /// People in one request; the rest come with the next round.
    private static let batchLimit = 50

    func round() async throws {
        let now = installation.reading(as: installation.context.actor)
        guard let inForce = try await now.definitionsInForce(),
            let base = try await now.followedDefinitions().commit
        else { return }
        let contents = try await repository.contents(at: base)
        // What people are taken out of is what is in force, and nothing else.
        guard contents.revision == inForce.revision else { return }
        let departures = try await self.departures(now, inForce)
        try await DepartureReview(book: book, repository: repository, forge: forge, logger: logger).round(departures)
        let due = try await due(departures)
        guard !due.isEmpty else { return }
        var edit = DepartureEdit(contents.files)
        var proposed: [DepartureList.Departure] = []
        for departure in due.prefix(Self.batchLimit) {
            do throws(DepartureEdit.Refusal) {
                try edit.remove(departure.entries)
                proposed.append(departure)
            } catch {
                try await refuse(departure, error.message)
            }
        }
        guard !proposed.isEmpty else { return }
        try await propose(proposed, edit, onto: base)
    }

    private func departures(_ now: Installation, _ inForce: DefinitionSet) async throws -> [DepartureList.Departure] {
        let notes = try await now.reconciler(for: repository.folder).notes(on: inForce)
        let moment = now.now
        let roster = try await now.database.read { session in
            try PeopleArchive(session).roster(at: moment, in: inForce)
        }
        return DepartureList(notes, inForce.organization, roster).departures
    }

    /// Departures of which nothing was said yet, or that were begun and not seen through, or of which it was taken back.
    private func due(_ departures: [DepartureList.Departure]) async throws -> [DepartureList.Departure] {
        let known = Dictionary(
            try await book.departures().map { ($0.key, $0) }, uniquingKeysWith: { first, _ in first })
        var due: [DepartureList.Departure] = []
        for departure in departures {
            switch known[departure.key]?.state {
            case nil, .withdrawn: due.append(departure)
            case .opened, .refused, .settled: break
            case .begun:
                // It may have been opened before somebody ended the server.
                let branch = known[departure.key]?.branch ?? ""
                let requests = try await forge.client.requests(
                    from: branch, into: repository.branch, operation: "look for `\(branch)`")
                if let request = requests.first {
                    try await book.keep([departure.key], .opened, branch: branch, request: request.number)
                } else {
                    due.append(departure)
                }
            }
        }
        return due
    }

    private func refuse(_ departure: DepartureList.Departure, _ message: String) async throws {
        try await book.keep([departure.key], .refused, branch: "")
        let places = departure.entries.map { "\($0.file):\($0.line)" }.joined(separator: ", ")
        logger.error(
            "\(departure.person) cannot be taken out of the files safely; do it by hand: \(LogText.visible(message))",
            metadata: ["places": "\(places)"])
    }

    // MARK: Proposing

    private func propose(
        _ departures: [DepartureList.Departure], _ edit: DepartureEdit, onto base: String
    ) async throws {
        let operation = "propose to take \(departures.count) people out of the files"
        let branch = DepartureBranch(departures, onto: base).name
        let keys = departures.map(\.key)
        let draft = DepartureText(departures, cases: try await cases(departures), noun: forge.client.noun)
        try await book.keep(keys, .begun, branch: branch)
        // The branch is named after its people and the commit below it: whatever became of it before is found again.
        var request = try await forge.client.requests(
            from: branch, into: repository.branch, operation: operation
        ).first
        if request == nil {
            let files = edit.files.filter { edit.changed.contains($0.path) }
            try await repository.push(files, draft.text, to: branch, onto: base, at: departures.map(\.at).max())
            do throws(ConnectorError) {
                request = try await forge.client.open(
                    draft.text, from: branch, into: repository.branch, operation: operation)
            } catch {
                // Its answer was lost, or another node was faster.
                guard error.code == .conflict else { throw error }
                request = try await forge.client.requests(
                    from: branch, into: repository.branch, operation: operation
                ).first
            }
        }
        guard let request else { return }
        try await book.keep(keys, .opened, branch: branch, request: request.number)
        logger.info(
            "\(forge.client.noun) \(request.number) takes \(departures.count) people out of the files",
            metadata: ["branch": "\(branch)"])
    }

    /// The latest case of each, which says what became of their access.
    private func cases(_ departures: [DepartureList.Departure]) async throws -> [DepartureRequestStore.Key: String] {
        var cases: [DepartureRequestStore.Key: String] = [:]
        for departure in departures {
            var filter = CaseFilter()
            filter.kind = departure.isMove ? .mover : .leaver
            filter.limit = 1
            cases[departure.key] = try await installation.cases(filter, person: departure.person.text).first?.id
        }
        return cases
    }
}
