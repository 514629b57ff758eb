import AccessModel
import AuditTrail
import Definitions
import Persistence
import StrictJSON

/// Where HR's word comes in. It is written down and nothing else: what follows is planned and applied.
public struct PeopleDesk: Sendable {
    public private(set) var context: LifecycleContext
    /// What feeds are judged by: the definitions in force; nil before the first apply.
    package let definitions: DefinitionSet?
    /// Those of the definitions in force, and the core sectors, which stand in a tenant's place.
    let tenants: [Slug]
    /// Lower-case hex SHA-256.
    let digest: @Sendable ([UInt8]) -> String

    public init(
        context: LifecycleContext, definitions: DefinitionSet?, tenants: [Slug] = [],
        digest: @escaping @Sendable ([UInt8]) -> String
    ) {
        self.context = context
        self.definitions = definitions
        self.tenants = tenants
        self.digest = digest
    }

    /// The same at another moment, or for somebody else.
    public func at(_ context: LifecycleContext) -> PeopleDesk {
        var desk = self
        desk.context = context
        return desk
    }

    private var platform: Platform? { definitions?.organization.platform }
    var rules: FeedRules { FeedRules(domains: platform?.domains, importedAt: context.now) }
    var guards: Guards { platform?.guards ?? Guards() }
    var days: DayBoundaries { platform.map { DayBoundaries($0) } ?? .utc }

    public func roster(at moment: Instant) async throws -> Roster {
        let definitions = definitions
        return try await context.database.read { session in
            let archive = PeopleArchive(session)
            return try definitions.map { try archive.roster(at: moment, in: $0) } ?? archive.roster(at: moment)
        }
    }

    /// The person of an id or an address, as of a moment. It costs what they cost, however many people there are.
    ///
    /// - Throws: ``LifecycleError`` `unknown` for nobody, or for an address that several bear.
    public func find(_ text: String, at moment: Instant) async throws -> PersonState {
        let definitions = definitions
        let reading = { @Sendable (session: any SQLSession) in
            try PeopleArchive(session).roster(around: text, at: moment, in: definitions)
        }
        let isByID = PersonID(text).map { _ in true } ?? false
        let found = isByID ? try await context.database.readBriefly(reading) : try await context.database.read(reading)
        return try found.find(text)
    }

    /// A person as of a moment; nil where HR had not named them by then.
    public func state(of person: PersonID, at moment: Instant) async throws -> PersonState? {
        let definitions = definitions
        return try await context.database.readBriefly { session in
            try PeopleArchive(session).roster(around: person.text, at: moment, in: definitions)[person]
        }
    }

    /// Vouches that a person still belongs to a tenant: their entries there do not go stale by moves before now.
    public func confirm(_ person: String, tenant: String) async throws -> PersonID {
        guard let slug = Slug(tenant), tenants.contains(slug) else {
            throw LifecycleError(
                code: .unknown, operation: "confirm",
                message: "the definitions last applied have no tenant `\(tenant)`"
                    + (tenants.isEmpty ? "" : "; known are \(tenants.map { "`\($0)`" }.joined(separator: ", "))"))
        }
        let id = try await find(person, at: context.now).person.id
        try await context.database.transact { [context] session, records in
            try BindingStore(session).confirm(
                BindingStore.Confirmation(
                    person: id, tenant: slug, confirmedAt: context.now, actor: context.actor))
            records.append(.peopleConfirmed(context.record(about: id.text), tenant: slug))
        }
        return id
    }
}
