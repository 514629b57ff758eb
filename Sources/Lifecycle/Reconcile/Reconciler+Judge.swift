import AccessModel
import Definitions
import Planning

extension Reconciler {
    /// What the files cannot know alone: whether everybody who is listed is known, once, and here.
    public func judge(_ definitions: DefinitionSet) async throws -> [Diagnostic] {
        try await notes(on: definitions).compactMap(Diagnostic.init)
    }

    /// The same as the planner says it.
    public func notes(on definitions: DefinitionSet) async throws -> [PlanNote] {
        let now = context.now
        let (roster, recorded) = try await context.database.read { session in
            (
                try PeopleArchive(session).roster(at: now, in: definitions),
                try RecordReader(session, now: now).recordedState()
            )
        }
        let input = PlanningInput(
            organization: definitions.organization, roster: roster, recorded: recorded,
            abilities: Dictionary(
                uniqueKeysWithValues: connect(definitions.organization).map { ($0.name, $0.abilities) }), now: now)
        return Planner.desired(input).notes
    }
}

extension Diagnostic {
    /// A planner's note that has a place in the files.
    init?(_ note: PlanNote) {
        guard let place = note.place else { return nil }
        let severity: Severity =
            switch note.severity {
            case .error: .error
            case .warning: .warning
            case .note: .note
            }
        self.init(severity: severity, code: note.code, place: place, message: note.message)
    }
}
