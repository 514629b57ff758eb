import AccessModel
import Definitions
import Persistence

extension AccessDesk {
    /// The newest first. What is open waits for approval or is not closed yet; broken glass without a review is among it.
    ///
    /// It costs what is listed costs, however much was ever asked for.
    public func list(_ listing: AccessListing = AccessListing(isOpen: true)) async throws -> [AccessTicket] {
        let (definitions, now) = (definitions, context.now)
        return try await context.database.read { session in
            let requests = try RequestStore(session).requests(listing)
            let activations = try ActivationStore(session).activations(listing)
            let people = Set(requests.map(\.ask.person)).union(activations.map(\.person))
            let roster = try PeopleArchive(session).roster(of: people, at: now, in: definitions)
            let agreements = try RequestStore(session).agreements(of: requests.map(\.id))
            let windows = try WindowStore(session).windows(ofRequests: requests.map(\.id))
            let emergencies = try WindowStore(session).windows(activations.map(\.id))
            let asked = requests.map { request in
                AccessTicket(
                    request, agreements: agreements[request.id] ?? [], windows: windows[request.id] ?? [],
                    definitions.organization, roster)
            }
            let broken = activations.map { activation in
                AccessTicket(activation, window: emergencies[activation.id], definitions.organization, roster)
            }
            let all = (asked + broken).sorted { $0.place.isBefore($1.place) }
            return Array(all.prefix(listing.limit))
        }
    }

    /// The same of a person as they are typed.
    ///
    /// - Parameter all: Also what is over.
    public func list(all: Bool, person: String?) async throws -> [AccessTicket] {
        var listing = AccessListing(isOpen: !all)
        if let person {
            let (definitions, now) = (definitions, context.now)
            let people = try await context.database.read { session in
                try PeopleArchive(session).roster(around: person, at: now, in: definitions)
            }
            listing.person = try people.find(person).person.id
        }
        return try await list(listing)
    }

    /// - Throws: ``LifecycleError`` `unknown`.
    public func show(_ id: String) async throws -> AccessTicket {
        let (context, definitions, rules) = (context, definitions, rules)
        return try await context.database.read { session in
            let work = DeskWork(
                session: session, world: try AccessWorld(definitions, at: context, session), context: context,
                rules: rules)
            if let request = try work.requests.request(id) { return try work.ticket(request) }
            if let activation = try work.activations.activation(id) { return try work.ticket(activation) }
            if let request = try work.windows.window(id)?.request { return try work.ticket(request) }
            throw LifecycleError.noTicket(id)
        }
    }
}

extension LifecycleError {
    public static func noTicket(_ id: String) -> LifecycleError {
        LifecycleError(
            code: .unknown, operation: "show \(id)",
            message: "there is no request, window or activation `\(id)`; see `tenure access list --all`")
    }
}
