import AccessModel
import ConnectorKit
import Definitions
import Foundation
import Lifecycle
import Persistence
import StrictJSON

extension Installation {
    /// Definitions as they were read: fit to be used, or not, and everything there is to say about them.
    public struct Reading: Sendable {
        /// Nil if any diagnostic is an error.
        public let definitions: DefinitionSet?
        public let diagnostics: [Diagnostic]
    }

    /// Reads a folder; needs no state.
    public static func read(_ directory: String) throws -> Reading {
        let contents = try DefinitionFolder(directory).read()
        let reading = DefinitionReader.read(
            contents.files, connectors: ConnectorRegistry.abilities, revision: contents.revision)
        let diagnostics = (reading.diagnostics + contents.refused).sorted()
        guard let organization = reading.organization, contents.refused.isEmpty else {
            return Reading(definitions: nil, diagnostics: diagnostics)
        }
        let files = contents.files.map { DefinitionStore.File(path: $0.path, content: $0.bytes) }
        return Reading(
            definitions: DefinitionSet(organization: organization, files: files), diagnostics: diagnostics)
    }

    /// Everything that is wrong in a folder. With a state, people are looked up too; without, a note says that they
    /// were not.
    public static func validate(_ directory: String, state: StateFolder) async throws -> [Diagnostic] {
        let reading = try read(directory)
        guard let definitions = reading.definitions else { return reading.diagnostics }
        let people: [Diagnostic]
        do {
            let installation = try await open(state, as: nil, creating: false)
            people = try await installation.reconciler(for: directory).judge(definitions)
            try await installation.close()
        } catch let error as InstallationError where error.code == .missing {
            let place = SourceLocation(file: "platform.yaml", line: 1, column: 1)
            let note = Diagnostic(
                severity: .note, code: "people-not-checked", place: place,
                message: "there is no state at `\(state.name)`, so people were not looked up")
            return reading.diagnostics + [note]
        }
        return (reading.diagnostics + people).sorted()
    }

    /// The definitions last applied; nil before the first apply.
    public func definitionsInForce() async throws -> DefinitionSet? {
        try await definitions { store in try store.current() }
    }

    /// The definitions that were in force at a time.
    public func definitions(at: Instant) async throws -> DefinitionSet? {
        try await definitions { store in try store.application(at: at)?.revision }
    }

    private func definitions(
        _ revision: @escaping @Sendable (DefinitionStore) throws -> String?
    ) async throws -> DefinitionSet? {
        let stored = try await database.read { session -> (String, [DefinitionStore.File])? in
            let store = DefinitionStore(session)
            guard let revision = try revision(store) else { return nil }
            return (revision, try store.files(of: revision))
        }
        guard let (revision, files) = stored else { return nil }
        let reading = DefinitionReader.read(
            files.map { DefinitionFile(path: $0.path, bytes: $0.content) }, connectors: ConnectorRegistry.abilities,
            revision: revision)
        guard let organization = reading.organization else {
            throw InstallationError(
                code: .file, operation: "read the definitions last applied",
                message: "this version does not take them any more: \(reading.diagnostics.first?.text ?? "")")
        }
        return DefinitionSet(organization: organization, files: files)
    }

    /// The loop, with connectors whose relative paths start from `directory`.
    public func reconciler(for directory: String) -> Reconciler {
        let base = URL(filePath: directory).standardizedFileURL.path
        let clock = clock
        return Reconciler(
            context: context,
            connect: { organization in
                ConnectorRegistry.connect(organization, baseDirectory: base, clock: { clock.now() })
            }, clock: clock)
    }
}
