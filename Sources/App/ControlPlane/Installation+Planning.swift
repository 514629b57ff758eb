import AccessModel
import Definitions
import Foundation
import Lifecycle
import Persistence
import Planning
import Tracing

import struct AccessModel.Span

extension Installation {
    /// A survey, and how its definitions were come by.
    public struct Surveyed: Sendable {
        public let survey: Survey
        public let diagnostics: [Diagnostic]
        /// The files have errors: it follows the last good ones, so that leavers and ends go on all the same.
        public let usesLastGood: Bool
        /// Where relative paths in targets' settings start from.
        public let directory: String
        let source: Source

        /// Not what was reviewed: that is it or nothing.
        var mayBeRenewed: Bool {
            if case .reviewed = source { false } else { true }
        }

        /// What remarks call the folder: it may be on another machine.
        public var shownDirectory: String {
            if case .uploaded(let upload) = source { upload.name } else { directory }
        }
    }

    /// What a survey follows.
    enum Source {
        /// The files of a folder as they are.
        case folder
        /// The definitions last applied.
        case inForce
        /// Files that somebody sent.
        case uploaded(DefinitionUpload)
        /// The files of a commit, as the repository holds them.
        case committed(DefinitionFolder.Contents)
        /// A plan that was reviewed: it or nothing.
        case reviewed

        var isReviewed: Bool { if case .reviewed = self { true } else { false } }
    }

    /// What was made to happen, and by which survey.
    public struct Applied: Sendable {
        public let surveyed: Surveyed
        public var outcome: ApplyOutcome
    }

    /// Looks at the world and plans by the files in `directory`. With errors in them, by those last applied.
    public func survey(_ directory: String, person: String?, at: Instant? = nil) async throws -> Surveyed {
        try await survey(try DefinitionFolder(directory).read(), .folder, in: directory, person: person, at: at)
    }

    /// The same by files that somebody sent. Relative paths start from where those of the definitions in force do.
    public func survey(_ upload: DefinitionUpload, person: String?, at: Instant? = nil) async throws -> Surveyed {
        let known = try await database.read { session in try SettingsStore(session).value(.directory) }
        return try await survey(
            upload.contents, .uploaded(upload), in: known ?? folder.folder, person: person, at: at)
    }

    /// The same by the files of a commit.
    ///
    /// - Parameter directory: What relative paths in them start from. Definitions are not read there.
    func survey(committed contents: DefinitionFolder.Contents, in directory: String) async throws -> Surveyed {
        try await survey(contents, .committed(contents), in: directory, person: nil, at: nil)
    }

    private func survey(
        _ contents: DefinitionFolder.Contents, _ source: Source, in directory: String, person: String?, at: Instant?
    ) async throws -> Surveyed {
        let inForce = try await definitionsInForce()
        let targets = inForce?.organization.targets ?? []
        let reading = DefinitionCheck(contents).refusingToDrop(targets)
        guard let definitions = reading.definitions ?? inForce else { throw BrokenDefinitions(reading.diagnostics) }
        let previous = inForce?.revision == definitions.revision ? nil : inForce?.organization
        let survey = try await self.at(at).plan(
            definitions, previous: previous, in: directory, for: try await find(person))
        return Surveyed(
            survey: survey,
            diagnostics: (reading.diagnostics + (try await unmanaged(by: definitions, after: targets))).sorted(),
            usesLastGood: reading.definitions == nil, directory: directory, source: source)
    }

    /// One look at the targets and the plan that it comes to, as one span.
    private func plan(
        _ definitions: DefinitionSet, previous: Organization?, in directory: String, for person: PersonID?
    ) async throws -> Survey {
        try await withSpan("plan") { span in
            let survey = try await reconciler(for: directory).survey(definitions, previous: previous, person: person)
            if span.isRecording {
                span.updateAttributes { attributes in
                    attributes["revision"] = definitions.revision
                    attributes["scope"] = person == nil ? "everybody" : "one person"
                }
            }
            return survey
        }
    }

    /// Looks at the world and plans by the definitions last applied.
    public func surveyInForce(person: String? = nil, at: Instant? = nil) async throws -> Surveyed {
        guard let inForce = try await definitionsInForce() else {
            throw InstallationError(
                code: .missing, operation: "plan", message: "no definitions were applied yet; `tenure apply DIR` does")
        }
        let (accepted, known) = try await database.read { session in
            let settings = SettingsStore(session)
            return (try settings.instant(.rollbackAccepted), try settings.value(.directory))
        }
        // One person's going is never kept waiting for that.
        if let accepted, person == nil {
            throw InstallationError(
                code: .rollback, operation: "plan",
                message: "an older state was taken on at \(accepted), and its definitions may be old; import people, "
                    + "then `tenure apply DIR`")
        }
        let directory = known ?? "."
        let survey = try await self.at(at).plan(inForce, previous: nil, in: directory, for: try await find(person))
        return Surveyed(
            survey: survey, diagnostics: try await unmanaged(by: inForce, after: []), usesLastGood: false,
            directory: directory, source: .inForce)
    }

    /// Makes a survey's plan happen. Where somebody else decided something since, everything is looked at anew first;
    /// a reviewed plan is refused then.
    ///
    /// - Parameter patience: How long to wait for targets that asked to be tried again later.
    public func apply(
        _ surveyed: Surveyed, patience: Span, progress: @escaping @Sendable (_ done: Int, _ total: Int) -> Void
    ) async throws -> Applied {
        var (installation, surveyed) = (self, surveyed)
        var surveysLeft = 20
        while true {
            do {
                // Where somebody is heard of all the time, it is no use to look again and again.
                let outcome = try await installation.carryOut(
                    surveyed, patience: patience, despite: surveysLeft < 18 && !surveyed.source.isReviewed,
                    progress: progress)
                await surveyed.survey.close()
                return Applied(surveyed: surveyed, outcome: outcome)
            } catch let error as LifecycleError where error.code == .stale {
                await surveyed.survey.close()
                surveysLeft -= 1
                guard surveyed.mayBeRenewed, surveysLeft > 0 else { throw error }
                installation = try await self.renewed()
                surveyed = try await installation.surveyAgain(surveyed)
            }
        }
    }

    private func carryOut(
        _ surveyed: Surveyed, patience: Span, despite news: Bool,
        progress: @escaping @Sendable (_ done: Int, _ total: Int) -> Void
    ) async throws -> ApplyOutcome {
        let directory = URL(filePath: surveyed.directory).standardizedFileURL.path
        try await database.write { session in
            let settings = SettingsStore(session)
            try settings.set(.directory, to: directory)
            try settings.remove(.rollbackAccepted)
        }
        let reconciler = reconciler(for: directory)
        return try await asWorker(reconciler.workflow(for: [])) {
            try await reconciler.carryOut(surveyed.survey, patience: patience, despite: news) {
                progress($0.done, $0.total)
            }
        }
    }

    /// The same at the present moment.
    func renewed() async throws -> Installation {
        let time = try await Self.advance(database, to: clock)
        return with(context.at(time.now, vouched: time.vouched))
    }

    private func surveyAgain(_ old: Surveyed) async throws -> Surveyed {
        let person = old.survey.person?.text
        return switch old.source {
        case .inForce: try await surveyInForce(person: person)
        case .uploaded(let upload): try await survey(upload, person: person)
        case .committed(let contents):
            try await survey(contents, old.source, in: old.directory, person: person, at: nil)
        case .folder, .reviewed: try await survey(old.directory, person: person)
        }
    }

    func find(_ person: String?) async throws -> PersonID? {
        guard let person else { return nil }
        return try await people().find(person, at: now).person.id
    }

    /// The same installation at another moment: for plans ahead, which change nothing.
    func at(_ moment: Instant?) -> Installation {
        guard let moment else { return self }
        return with(context.at(moment, vouched: moment))
    }
}

/// Files that cannot be used, with nothing to go on with in their place.
public struct BrokenDefinitions: Error, Sendable {
    public let diagnostics: [Diagnostic]
    /// What follows from it.
    public let outcome: String

    init(_ diagnostics: [Diagnostic], outcome: String = "none were applied before") {
        self.diagnostics = diagnostics
        self.outcome = outcome
    }
}

extension SettingsStore.Name {
    /// Where the definitions were applied from: what relative paths in targets' settings start from.
    static let directory = SettingsStore.Name("definitions.directory")
    /// When a state that does not agree with its checkpoint was taken on, until definitions are applied anew.
    static let rollbackAccepted = SettingsStore.Name("rollback.accepted")
}
