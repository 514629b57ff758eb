import AccessModel
import Definitions
import Persistence
import Planning

/// Who may do what with Tenure itself, at one moment: from the same lists that decide who has access elsewhere.
///
/// Somebody who has left, is suspended or has not started is nobody here.
public struct AuthorityBook: Sendable {
    public let at: Instant
    /// Listed as admin of the core sector `platform`, in any tier.
    public let platformAdmins: Set<PersonID>
    /// Listed in any group of a core sector.
    public let platformMembers: Set<PersonID>
    private let grounds: DecisionGrounds
    /// When the clock alone changes somebody.
    private let until: Instant?
    private let admins: [PersonID: Set<Slug>]
    private let members: [PersonID: Set<Slug>]
    private let active: Set<PersonID>

    public init(_ definitions: DefinitionSet, at time: LifecycleContext, _ session: any SQLSession) throws {
        let world = try AccessWorld(definitions, at: time, session)
        // Who has not begun yet for want of a clock that is vouched for begins when it is, and nobody knows when.
        let isSteady = time.vouched >= time.now
        self.init(
            world, at: time.now, on: try SettingsStore(session).decisionGrounds(), until: isSteady ? nil : time.now)
    }

    private init(_ world: AccessWorld, at moment: Instant, on grounds: DecisionGrounds, until limit: Instant?) {
        let organization = world.organization
        at = moment
        self.grounds = grounds
        until = limit ?? world.roster.nextChange(after: moment)
        active = Set(world.roster.states.lazy.filter(\.isActive).map(\.person.id))
        var admins: [PersonID: Set<Slug>] = [:]
        var members: [PersonID: Set<Slug>] = [:]
        let core = Set(organization.platform.sectors.lazy.filter(\.isCore).map(\.name))
        var platformMembers: Set<PersonID> = []
        for group in organization.groups where group.role != .operator {
            let people = world.eligibility.members(of: group)
            for person in people where world.isActive(person) {
                members[person, default: []].insert(group.tenant)
                if group.role == .admin { admins[person, default: []].insert(group.tenant) }
                if core.contains(group.tenant) { platformMembers.insert(person) }
            }
        }
        self.admins = admins
        self.members = members
        self.platformMembers = platformMembers
        platformAdmins = Set(admins.lazy.filter { $0.value.contains { $0.text == "platform" } }.map(\.key))
    }

    /// Whether a book of `moment` would say the same: nothing has changed that decisions rest on, and nobody by the clock
    /// alone.
    public func stands(at time: LifecycleContext, _ session: any SQLSession) throws -> Bool {
        guard time.now >= at, time.vouched >= time.now, until.map({ time.now < $0 }) ?? true else { return false }
        return try SettingsStore(session).decisionGrounds() == grounds
    }

    public func isActive(_ person: PersonID) -> Bool { active.contains(person) }

    /// Tenants and core sectors that list a person as an admin.
    public func tenantsAdministered(by person: PersonID) -> Set<Slug> { admins[person] ?? [] }

    /// Tenants and core sectors that list a person at all.
    public func tenants(of person: PersonID) -> Set<Slug> { members[person] ?? [] }
}
