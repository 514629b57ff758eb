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
/// again, and no commit of theirs is ever written over.
struct DepartureProposer {
    private let installation: Installation
    private let repository: DefinitionRepository
    private let forge: RepositoryForge
    private let logger: Logger

    init(
        _ installation: Installation, _ repository: DefinitionRepository, _ forge: RepositoryForge, logger: Logger
    ) {
        self.installation = installation
        self.repository = repository
        self.forge = forge
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
        let due = try await self.due(now, inForce)
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

    /// Departures of which nothing was said yet, or that were begun and not seen through.
    private func due(_ now: Installation, _ inForce: DefinitionSet) async throws -> [DepartureList.Departure] {
        let directory = repository.folder
        let judged = try await now.reconciler(for: directory).judge(inForce)
        let moment = now.now
        let project = forge.project
        let (roster, known) = try await now.database.read { session in
            (
                try PeopleArchive(session).roster(at: moment, in: inForce),
                try DepartureRequestStore(session).departures(in: project)
            )
        }
        var due: [DepartureList.Departure] = []
        for departure in DepartureList(judged, inForce.organization, roster).departures {
            guard let before = known[departure.person], before.departedAt == departure.at else {
                due.append(departure)
                continue
            }
            guard before.state == .begun else { continue }
            // It may have been opened before somebody ended the server.
            let requests = try await forge.client.requests(
                from: before.branch, into: repository.branch, operation: "look for `\(before.branch)`")
            if let request = requests.first {
                try await keep([departure], .opened, branch: before.branch, request: request.number)
            } else {
                due.append(departure)
            }
        }
        return due
    }

    private func refuse(_ departure: DepartureList.Departure, _ message: String) async throws {
        try await keep([departure], .refused, branch: "")
        let places = departure.entries.map { "\($0.file):\($0.line)" }.joined(separator: ", ")
        logger.error(
            "\(departure.person) cannot be taken out of the files safely; do it by hand: \(LogText.visible(message))",
            metadata: ["places": "\(places)"])
    }

    private func keep(
        _ departures: [DepartureList.Departure], _ state: DepartureRequestStore.State, branch: String,
        request: Int64? = nil
    ) async throws {
        let (project, now) = (forge.project, installation.clock.now())
        try await installation.database.write { session in
            for departure in departures {
                try DepartureRequestStore(session).set(
                    DepartureRequestStore.Departure(
                        repository: project, person: departure.person, departedAt: departure.at, state: state,
                        branch: branch, request: request, at: now))
            }
        }
    }

    // MARK: Proposing

    private func propose(
        _ departures: [DepartureList.Departure], _ edit: DepartureEdit, onto base: String
    ) async throws {
        let operation = "propose to take \(departures.count) people out of the files"
        let branch = Self.branch(departures, base)
        let draft = DepartureText(departures, cases: try await cases(departures), noun: forge.client.noun)
        try await keep(departures, .begun, branch: branch)
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
        try await keep(departures, .opened, branch: branch, request: request.number)
        logger.info(
            "\(forge.client.noun) \(request.number) takes \(departures.count) people out of the files",
            metadata: ["branch": "\(branch)"])
    }

    private static func branch(_ departures: [DepartureList.Departure], _ base: String) -> String {
        let first = departures.first?.person.text ?? "nobody"
        let people = departures.count == 1 ? "leaver-\(first)" : "leavers-\(first)-and-\(departures.count - 1)"
        let name = "tenure/\(people)-\(base.prefix(10))"
        return ForgePlace.isBranch(name) ? name : "tenure/leaver-\(base.prefix(10))"
    }

    /// The latest case of each, which says what became of their access.
    private func cases(_ departures: [DepartureList.Departure]) async throws -> [PersonID: String] {
        var cases: [PersonID: String] = [:]
        for departure in departures {
            var filter = CaseFilter()
            filter.kind = departure.isMove ? .mover : .leaver
            filter.limit = 1
            cases[departure.person] = try await installation.cases(filter, person: departure.person.text).first?.id
        }
        return cases
    }
}

/// What a request for departures says: who, from where, and the cases. Nothing of what HR knows beside.
struct DepartureText {
    let text: RequestText

    init(_ departures: [DepartureList.Departure], cases: [PersonID: String], noun: String) {
        let title =
            departures.count == 1
            ? "Take \(departures[0].person) out of the tenants' files"
            : "Take \(departures.count) people out of the tenants' files"
        let lines = departures.flatMap { departure in
            let what = departure.isMove ? "has moved" : "has left"
            let known = cases[departure.person].map { ", case \($0)" } ?? ""
            return ["\(departure.person) \(what)\(known)"]
                + departure.entries.map { "    \($0.file), line \($0.line): \($0.email)" }
        }
        text = RequestText(
            title: title,
            body: """
                \(departures.count == 1 ? "Somebody is" : "People are") named in the tenants' files who \
                \(departures.count == 1 ? "does" : "do") not belong there any more:

                \(PlanReport.fenced(lines.map(PlanReport.printed)))

                Their access does not wait for this \(noun): it is taken away by their cases. This only makes the files say \
                what is so. Closed without being merged, it is not opened again.
                """)
    }
}
