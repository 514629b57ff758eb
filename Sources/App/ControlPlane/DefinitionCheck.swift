import AccessModel
import Definitions
import Lifecycle
import Persistence
import Policies

/// Definitions as they were read and checked: fit to be used, or not, and everything there is to say about them.
public struct DefinitionCheck: Sendable {
    static let targetsFile = SourceLocation(file: "targets.yaml", line: 1, column: 1)

    /// Nil if any diagnostic is an error.
    public let definitions: DefinitionSet?
    public let diagnostics: [Diagnostic]
    /// Lower-case hex SHA-256 over the paths and bytes of all files.
    public let revision: String
    /// Whether the files name a target, be it wrongly.
    let hasTargets: Bool

    /// Checks what the files alone can decide, each target's settings by its connector's rules among it.
    init(_ contents: DefinitionFolder.Contents) {
        let reading = DefinitionReader.read(
            contents.files, connectors: ConnectorRegistry.abilities, revision: contents.revision)
        let compilation = reading.organization.map { PolicySet.compile($0) }
        let diagnostics =
            (reading.diagnostics + ConnectorRegistry.diagnostics(of: reading.targets) + contents.refused
            + SealingKeys.diagnostics(reading.organization) + (compilation?.diagnostics ?? [])).sorted()
        let hasErrors = diagnostics.contains { $0.severity == .error }
        let files = contents.files.map { DefinitionStore.File(path: $0.path, content: $0.bytes) }
        self.init(
            definitions: hasErrors
                ? nil
                : reading.organization.map {
                    DefinitionSet(organization: $0, files: files, policies: compilation?.set)
                },
            diagnostics: diagnostics, revision: contents.revision,
            hasTargets: !reading.targets.isEmpty
                || diagnostics.contains { $0.severity == .error && $0.place.file == Self.targetsFile.file })
    }

    private init(definitions: DefinitionSet?, diagnostics: [Diagnostic], revision: String, hasTargets: Bool) {
        self.definitions = definitions
        self.revision = revision
        self.diagnostics = diagnostics
        self.hasTargets = hasTargets
    }

    /// The same as an error, if `targets` are what was in force: a file that was lost must not let go of them all.
    func refusingToDrop(_ targets: [TargetDefinition]) -> DefinitionCheck {
        guard !hasTargets, !targets.isEmpty else { return self }
        let names =
            targets.prefix(5).map { "`\($0.name)`" }.joined(separator: ", ") + (targets.count > 5 ? ", ..." : "")
        let refusal = Diagnostic(
            severity: .error, code: "targets-removed", place: Self.targetsFile,
            message: "no target is left, and \(targets.count) were in force: \(names); bring the file back, or set a "
                + "target that is to be left alone to `mode: report`")
        // The warning that there is nothing to plan for says less.
        let others = diagnostics.filter { $0.code != "missing-file" || $0.place != Self.targetsFile }
        return DefinitionCheck(
            definitions: nil, diagnostics: (others + [refusal]).sorted(), revision: revision, hasTargets: false)
    }
}
