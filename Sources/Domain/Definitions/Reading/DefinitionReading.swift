import AccessModel

/// What came of reading an organisation's files.
public struct DefinitionReading: Sendable {
    /// Nil if any diagnostic is an error.
    public let organization: Organization?
    /// Errors, warnings and notes of all files, sorted by place.
    public let diagnostics: [Diagnostic]
    /// Entries whose address is in no domain of the organisation, sorted by place. Right only for a person who is
    /// external, which a roster knows and the files do not.
    public let outsiders: [ListedPerson]
    /// The targets that could be read, whatever else is wrong: what is left to check of them is their connectors'.
    public let targets: [TargetDefinition]

    public init(
        organization: Organization?, diagnostics: [Diagnostic], outsiders: [ListedPerson] = [],
        targets: [TargetDefinition] = []
    ) {
        self.organization = organization
        self.diagnostics = diagnostics
        self.outsiders = outsiders
        self.targets = targets
    }

    public var hasErrors: Bool { diagnostics.contains { $0.severity == .error } }

    /// For a reader without a roster: one note for each of the ``outsiders``.
    public var outsiderNotes: [Diagnostic] {
        outsiders.map { entry in
            Diagnostic(
                severity: .note, code: "foreign-domain", place: entry.place,
                message: "`\(entry.email)` is in no domain of the organisation; that is right only for an external")
        }
    }
}
