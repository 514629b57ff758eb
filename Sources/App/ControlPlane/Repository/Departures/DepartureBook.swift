import AccessModel
import Persistence

/// What was done about departures in one repository, as it is written down.
struct DepartureBook {
    let installation: Installation
    /// `owner/name`
    let project: String

    func departures() async throws -> [DepartureRequestStore.Departure] {
        try await installation.database.read { [project] session in
            try DepartureRequestStore(session).departures(in: project)
        }
    }

    func keep(
        _ keys: [DepartureRequestStore.Key], _ state: DepartureRequestStore.State, branch: String,
        request: Int64? = nil
    ) async throws {
        let (project, now) = (project, installation.clock.now())
        try await installation.database.write { session in
            for key in keys {
                try DepartureRequestStore(session).set(
                    DepartureRequestStore.Departure(
                        repository: project, key: key, state: state, branch: branch, request: request, at: now))
            }
        }
    }
}
