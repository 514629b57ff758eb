import AccessModel
import Definitions
import Lifecycle
import Persistence

/// Who is who and what is declared, as every request has to know it: read anew when something has changed that decisions
/// rest on, when the clock alone changes somebody, and at least once a minute.
actor SignInView {
    private struct Seen {
        let generation: Int64
        let revision: String?
        let until: Instant
        let organization: Organization?
        let roster: Roster
    }

    private static let longest = Span.minutes(1)

    private let installation: Installation
    private var seen: Seen?

    init(_ installation: Installation) { self.installation = installation }

    func roster() async throws -> Roster { try await current().roster }

    func organization() async throws -> Organization? { try await current().organization }

    private func current() async throws -> Seen {
        let now = installation.clock.now()
        let (generation, revision) = try await installation.database.readBriefly { session -> (Int64, String?) in
            let settings = SettingsStore(session)
            return (try settings.generation(), try settings.value(.definitions))
        }
        if let seen, seen.generation == generation, seen.revision == revision, now < seen.until { return seen }
        let definitions = try await installation.definitionsInForce()
        let roster = try await installation.database.read { session in
            let archive = PeopleArchive(session)
            guard let definitions else { return try archive.roster(at: now) }
            return try archive.roster(at: now, in: definitions)
        }
        let next = roster.nextChange(after: now) ?? now + Self.longest
        let fresh = Seen(
            generation: generation, revision: revision, until: min(next, now + Self.longest),
            organization: definitions?.organization, roster: roster)
        seen = fresh
        return fresh
    }
}
