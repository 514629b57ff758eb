import AccessModel
import ConnectorKit
import Lifecycle
import Logging
import Persistence
import ServiceLifecycle
import WebServer

/// Follows the organisation's files: what has changed in them, and is sound, is applied. What is not sound changes nothing,
/// and is told once. Where it knows the repository's forge, pull requests get their plans, and whoever leaves gets one.
public struct DefinitionRun: Service, CustomStringConvertible {
    public let description = "definitions"

    public enum Source: Sendable {
        case folder(String)
        case repository(DefinitionRepository)
    }

    let installation: Installation
    let source: Source
    let interval: Duration
    /// Makes it look at once.
    let bell: WorkBell
    let forge: RepositoryForge?
    /// Of several nodes one follows.
    public var isLeading: @Sendable () -> Bool = { true }
    let logger: Logger

    /// - Parameter forge: Nil where nothing is said at a forge.
    public init(
        installation: Installation, source: Source, interval: Duration, bell: WorkBell = WorkBell(),
        forge: RepositoryForge? = nil, logger: Logger
    ) {
        self.installation = installation
        self.source = source
        self.interval = interval
        self.bell = bell
        self.forge = forge
        self.logger = logger
    }

    public func run() async throws {
        await cancelWhenGracefulShutdown {
            var last = Last()
            while !Task.isCancelled {
                // Whoever leads next looks at everything anew.
                last = isLeading() ? await round(last) : Last()
                do {
                    try await bell.wait(for: interval)
                } catch {
                    break
                }
            }
            await forge?.client.close()
        }
    }

    private func round(_ last: Last) async -> Last {
        var next = last
        await told("the definitions were not followed") {
            next = try await follow(last)
            logger.debug("definitions followed")
        }
        guard let forge, case .repository(let repository) = source else { return next }
        await told("pull requests were not answered") {
            try await RequestPlanner(installation, repository, forge, logger: logger).round()
        }
        await told("departures were not proposed") {
            try await DepartureProposer(installation, repository, forge, logger: logger).round()
        }
        return next
    }

    /// What was looked at last.
    private struct Last: Sendable {
        var revision: String?
        /// The commit whose signature was checked.
        var checked: String?
        var signer: String?
    }

    private func told(_ failure: String, _ body: () async throws -> Void) async {
        guard !Task.isCancelled else { return }
        do {
            try await body()
        } catch {
            guard !Task.isCancelled else { return }
            logger.error("\(failure): \(LogText.visible("\(error)"))")
        }
    }

    private func follow(_ last: Last) async throws -> Last {
        switch source {
        case .folder(let folder):
            var next = last
            let contents = try DefinitionFolder(folder).read()
            next.revision = try await apply(contents, seen: last.revision) { now in
                try await now.survey(folder, person: nil)
            }
            return next
        case .repository(let repository): return try await follow(repository, last)
        }
    }

    // MARK: A repository

    private func follow(_ repository: DefinitionRepository, _ last: Last) async throws -> Last {
        let commit = try await repository.fetch()
        var next = last
        if repository.needsSignature, next.checked != commit {
            switch try await repository.signature(of: commit) {
            case .allowed(let signer): next.signer = signer
            case .refused(let why):
                try await refuse(commit, .unsigned, why)
                return last
            }
            next.checked = commit
        }
        guard try await isSequel(commit, repository) else {
            try await refuse(
                commit, .rewritten,
                "it does not come from the commit that is followed: the branch was written anew; once you have looked at "
                    + "it, `tenure definitions accept \(commit) --reason ...`")
            return last
        }
        let contents: DefinitionFolder.Contents
        do throws(ConnectorError) {
            contents = try await repository.contents(at: commit)
        } catch {
            guard error.code == .invalid else { throw error }
            try await refuse(commit, .invalid, error.message)
            return last
        }
        // The very bytes that a plan of this commit is made of, whatever the repository says of how to check them out.
        next.revision = try await apply(
            contents, Commit(id: commit, signer: next.signer), seen: last.revision,
            place: { try await place(commit, repository) },
            survey: { now in try await now.survey(committed: contents, in: repository.folder) })
        return next
    }

    /// What targets' settings name by relative paths is to be there before they are connected.
    private func place(_ commit: String, _ repository: DefinitionRepository) async throws {
        for problem in try await repository.place(commit) {
            logger.warning(
                "a file of the repository is not beside the definitions: \(LogText.visible(problem))",
                metadata: ["commit": "\(commit)"])
        }
    }

    private func isSequel(_ commit: String, _ repository: DefinitionRepository) async throws -> Bool {
        let (followed, accepted) = try await installation.database.read { session in
            let settings = SettingsStore(session)
            return (try settings.followed(), try settings.value(.acceptedCommit))
        }
        guard let before = followed.commit, before != commit, accepted != commit else { return true }
        return try await repository.descends(commit, from: before)
    }

    private struct Commit: Sendable {
        let id: String
        let signer: String?
    }

    private func refuse(_ commit: String, _ code: FollowedDefinitions.Problem.Code, _ message: String) async throws {
        let isNew = try await installation.refuse(commit, code, message)
        guard isNew else { return }
        logger.error(
            "the branch's head is not followed: \(LogText.visible(message)); the last good definitions stay in force",
            metadata: ["commit": "\(commit)", "code": "\(code.rawValue)"])
    }

    // MARK: Files

    /// - Parameters:
    ///   - seen: The files as they were looked at last.
    ///   - place: Called for what is sound, before anything is connected.
    private func apply(
        _ contents: DefinitionFolder.Contents, _ commit: Commit? = nil, seen: String?,
        place: () async throws -> Void = {}, survey: (Installation) async throws -> Installation.Surveyed
    ) async throws -> String? {
        let check = DefinitionCheck(contents)
        guard check.definitions != nil else {
            guard check.revision != seen else { return seen }
            for diagnostic in check.diagnostics.prefix(20) { logger.error("\(LogText.visible(diagnostic.text))") }
            logger.error("the definitions have errors; the last good ones stay in force", metadata: metadata(commit))
            if let commit {
                _ = try await installation.refuse(commit.id, .invalid, "the definitions have errors")
            }
            return check.revision
        }
        try await place()
        if let commit {
            try await installation.follow(commit.id, signer: commit.signer, revision: check.revision)
        }
        guard check.revision != seen else { return seen }
        guard check.revision != (try await installation.definitionsInForce()?.revision) else { return check.revision }
        let now = try await installation.acting(as: installation.context.actor)
        let applied = try await now.apply(try await survey(now), patience: .seconds(5)) { _, _ in }
        var details = metadata(commit)
        details["complete"] = "\(applied.outcome.isComplete)"
        details["cases"] = "\(applied.outcome.cases.count)"
        details["held"] = "\(!applied.outcome.holds.isEmpty)"
        logger.info("definitions applied", metadata: details)
        return check.revision
    }

    private func metadata(_ commit: Commit?) -> Logger.Metadata { commit.map { ["commit": "\($0.id)"] } ?? [:] }
}

extension DefinitionRepository {
    /// Whether signers are named.
    var needsSignature: Bool { local.settings["gpg.ssh.allowedSignersFile"] != "/dev/null" }
}

extension Installation {
    /// Writes down that a commit's files are taken up, with a record; nothing where they are already.
    func follow(_ commit: String, signer: String?, revision: String) async throws {
        let now = try await renewed()
        try await now.database.transact { [context = now.context] session, records in
            let settings = SettingsStore(session)
            var followed = try settings.followed()
            guard followed.commit != commit || followed.problem != nil || followed.signer != signer else { return }
            let previous = followed.commit
            followed.problem = nil
            followed.signer = signer
            followed.commit = commit
            if previous != commit {
                followed.since = context.now
                records.append(
                    .definitionsFollowed(
                        context.record(), commit: commit, previous: previous, signer: signer, revision: revision))
            }
            if try settings.value(.acceptedCommit) == commit { try settings.remove(.acceptedCommit) }
            try settings.set(followed)
        }
    }

    /// Writes down that a branch's head is not taken up, with a record.
    ///
    /// - Returns: False where that is known already.
    func refuse(_ commit: String, _ code: FollowedDefinitions.Problem.Code, _ message: String) async throws -> Bool {
        let now = try await renewed()
        return try await now.database.transact { [context = now.context] session, records in
            let settings = SettingsStore(session)
            var followed = try settings.followed()
            guard followed.problem?.commit != commit || followed.problem?.code != code else { return false }
            followed.problem = FollowedDefinitions.Problem(
                code: code, commit: commit, message: message, at: context.now)
            try settings.set(followed)
            records.append(
                .definitionsRefused(context.record(), commit: commit, code: code.rawValue, message: message))
            return true
        }
    }
}
