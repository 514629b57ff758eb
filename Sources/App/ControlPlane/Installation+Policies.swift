import AccessModel
import Definitions
import Lifecycle
import Policies

extension Installation {
    /// Decides the cases of the policies in a folder. Needs no state.
    ///
    /// - Throws: ``BrokenDefinitions`` when the files, policies among them, have errors.
    public static func testPolicies(_ directory: String) throws -> CaseReport {
        let definitions = try workingCopy(try read(directory))
        return definitions.policies.test(definitions.organization)
    }

    /// Decides again by the policies in a folder what was decided by those of the time.
    public func replay(_ directory: String, since: Instant?) async throws -> PolicyReplay.Outcome {
        try await replay(DefinitionCheck(try DefinitionFolder(directory).read()), since: since)
    }

    /// The same by files that somebody sent.
    public func replay(_ upload: DefinitionUpload, since: Instant?) async throws -> PolicyReplay.Outcome {
        try await replay(DefinitionCheck(upload.contents), since: since)
    }

    private func replay(_ check: DefinitionCheck, since: Instant?) async throws -> PolicyReplay.Outcome {
        let definitions = try Self.workingCopy(check)
        let replay = PolicyReplay(
            context: context,
            abilities: Dictionary(
                definitions.organization.targets.compactMap { target in
                    ConnectorRegistry.abilities[target.connector].map { (target.name, $0) }
                }, uniquingKeysWith: { first, _ in first }),
            read: { files, revision in
                DefinitionReader.read(
                    files.map { DefinitionFile(path: $0.path, bytes: $0.content, wasApplied: true) },
                    connectors: ConnectorRegistry.abilities, revision: revision
                ).organization
            })
        return try await replay.run(definitions.policies, since: since)
    }

    private static func workingCopy(_ check: DefinitionCheck) throws -> DefinitionSet {
        guard let definitions = check.definitions else {
            throw BrokenDefinitions(check.diagnostics, outcome: "no policy was asked")
        }
        return definitions
    }
}
