import AccessModel
import ConnectorKit
import Definitions
import Foundation
import Lifecycle
import Persistence
import Policies
import StrictJSON

extension Installation {
    /// Reads a folder; needs no state.
    public static func read(_ directory: String) throws -> DefinitionCheck {
        DefinitionCheck(try DefinitionFolder(directory).read())
    }

    /// Everything that is wrong in a folder. With a state, it is compared with the definitions in force and people are
    /// looked up; without, a note says that they were not.
    public static func validate(_ directory: String, state: StateFolder) async throws -> [Diagnostic] {
        let read = try Self.read(directory)
        guard read.definitions != nil || !read.hasTargets else { return read.diagnostics }
        let installation: Installation
        do {
            installation = try await open(state, as: nil, creating: false)
        } catch let error as InstallationError where error.code == .missing {
            guard read.definitions != nil else { return read.diagnostics }
            let place = SourceLocation(file: "platform.yaml", line: 1, column: 1)
            let note = Diagnostic(
                severity: .note, code: "people-not-checked", place: place,
                message: "there is no state at `\(state.name)`, so people were not looked up")
            return read.diagnostics + [note]
        }
        let inForce = try await installation.definitionsInForce()?.organization.targets ?? []
        let check = read.refusingToDrop(inForce)
        var diagnostics = check.diagnostics
        if let definitions = check.definitions {
            diagnostics += try await installation.reconciler(for: directory).judge(definitions)
            diagnostics += try await installation.unmanaged(by: definitions, after: inForce)
        }
        try await installation.close()
        return diagnostics.sorted()
    }

    /// Targets that the files name no more, with what stays behind in them.
    ///
    /// - Parameter targets: Those of the definitions in force.
    func unmanaged(by definitions: DefinitionSet, after targets: [TargetDefinition]) async throws -> [Diagnostic] {
        let known = definitions.organization.targets.map(\.name)
        let before = targets.map(\.name)
        let left = try await database.read { session -> [(Slug, Int)] in
            let store = OwnershipStore(session)
            let targets = try store.targets().union(before).subtracting(known)
            return try targets.sorted().map { ($0, try store.countHeld(in: $0)) }
        }
        return left.filter { $0.1 > 0 }.map { target, count in
            Diagnostic(
                severity: .warning, code: "unmanaged-target", place: DefinitionCheck.targetsFile,
                message:
                    "`\(target)` is no target any more: \(count) \(count == 1 ? "fact" : "facts") of Tenure's in it "
                    + "are left unmanaged, and stay even when somebody leaves; bring the target back, or remove them there"
            )
        }
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
        let cache = definitionCache
        let wanted = try await database.readBriefly { session in try revision(DefinitionStore(session)) }
        guard let revision = wanted else { return nil }
        if let known = cache[revision] { return known }
        let files = try await database.read { session in try DefinitionStore(session).files(of: revision) }
        let definitions = try Self.definitions(revision, files)
        cache.keep(definitions, as: revision)
        return definitions
    }

    private static func definitions(_ revision: String, _ files: [DefinitionStore.File]) throws -> DefinitionSet {
        let reading = DefinitionReader.read(
            files.map { DefinitionFile(path: $0.path, bytes: $0.content, wasApplied: true) },
            connectors: ConnectorRegistry.abilities, revision: revision)
        guard let organization = reading.organization else {
            throw InstallationError(
                code: .file, operation: "read the definitions last applied",
                message: "this version does not take them any more: \(reading.diagnostics.first?.text ?? "")")
        }
        let compilation = PolicySet.compile(organization)
        guard let policies = compilation.set else {
            let problem = compilation.diagnostics.first { $0.severity == .error }
            throw InstallationError(
                code: .file, operation: "read the policies last applied",
                message: "this version does not take them any more: \(problem?.text ?? "")")
        }
        return DefinitionSet(organization: organization, files: files, policies: policies)
    }

    /// The loop, with connectors whose relative paths start from `directory`.
    public func reconciler(for directory: String) -> Reconciler {
        let base = URL(filePath: directory).standardizedFileURL.path
        let clock = clock
        return Reconciler(
            context: context,
            connect: { organization in
                ConnectorRegistry.connect(organization, baseDirectory: base, clock: { clock.now() })
            }, clock: clock, agents: policyAgents(for: directory))
    }
}
