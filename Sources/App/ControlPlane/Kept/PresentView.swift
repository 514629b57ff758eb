import AccessModel
import Lifecycle
import Persistence
import Planning

/// Keeps the present world for those who ask: read anew by the first who finds that it is not so any more, for all who wait.
actor PresentView {
    private var known: PresentWorld?
    private var reading: Task<PresentWorld, any Error>?

    /// Whoever uses it looks, in their own transaction, whether it still stands.
    func world(
        _ definitions: DefinitionSet, _ abilities: [Slug: TargetAbilities], at moment: Instant,
        in database: any Database
    ) async throws -> PresentWorld {
        if let known, try await database.readBriefly({ try known.stands(at: moment, $0) }) { return known }
        if let reading { return try await reading.value }
        let reading = Task {
            try await database.read { session in try PresentWorld(definitions, abilities, at: moment, session) }
        }
        self.reading = reading
        defer { self.reading = nil }
        let world = try await reading.value
        known = world
        return world
    }
}
