import AccessModel
import Definitions
import Persistence

extension AccessDesk {
    /// Which tickets are asked for.
    public struct Filter: Sendable {
        /// Also what is decided and over.
        public var all = false
        public var person: PersonID?

        public init(all: Bool = false, person: PersonID? = nil) {
            self.all = all
            self.person = person
        }
    }

    /// The newest first: what waits for approval and what is not closed yet, broken glass without a review among it.
    public func list(_ filter: Filter = Filter()) async throws -> [AccessTicket] {
        try await read { work in
            let requests = try work.requests.requests(person: filter.person).map { try work.ticket($0) }
            let activations = try work.activations.activations(person: filter.person).map { try work.ticket($0) }
            let all = (requests + activations).sorted { AccessDesk.time($0) > AccessDesk.time($1) }
            return filter.all ? all : all.filter { AccessDesk.isOpen($0) }
        }
    }

    /// The same of a person as they are typed.
    public func list(all: Bool, person: String?) async throws -> [AccessTicket] {
        guard let person else { return try await list(Filter(all: all)) }
        let state = try await read { work in try work.world.roster.find(person) }
        return try await list(Filter(all: all, person: state.person.id))
    }

    /// - Throws: ``LifecycleError`` `unknown`.
    public func show(_ id: String) async throws -> AccessTicket {
        try await read { work in
            if let request = try work.requests.request(id) { return try work.ticket(request) }
            if let activation = try work.activations.activation(id) { return try work.ticket(activation) }
            if let request = try work.windows.window(id)?.request { return try work.ticket(request) }
            throw LifecycleError.noTicket(id)
        }
    }

    private static func time(_ ticket: AccessTicket) -> Instant {
        ticket.request?.requestedAt ?? ticket.activation?.activatedAt ?? Instant(milliseconds: 0)
    }

    private static func isOpen(_ ticket: AccessTicket) -> Bool {
        if let window = ticket.window, window.closedAt == nil { return true }
        if let activation = ticket.activation { return activation.review == nil }
        return ticket.isPending
    }

    private func read<Value: Sendable>(
        _ body: @escaping @Sendable (DeskWork) throws -> Value
    ) async throws -> Value {
        let (context, definitions, rules) = (context, definitions, rules)
        return try await context.database.read { session in
            try body(
                DeskWork(
                    session: session, world: try AccessWorld(definitions, at: context, session), context: context,
                    rules: rules))
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
