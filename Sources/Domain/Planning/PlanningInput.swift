import AccessModel
import Definitions

/// Everything that `desired` depends on. There is nothing else: no clock, no file, no network.
public struct PlanningInput: Sendable {
    public var organization: Organization
    /// The definitions that were last applied, where they differ: what tells a name that was taken out of the files
    /// from one that never was in them.
    public var previous: Organization?
    public var roster: Roster
    public var grants: [Grant]
    public var recorded: RecordedState
    /// What each target of the organisation can hold.
    public var abilities: [Slug: TargetAbilities]
    /// The latest that it can be: what ends at a time has ended by this one.
    public var now: Instant
    /// The latest that it surely is, and never later than `now`: what begins at a time begins by this one.
    public var vouched: Instant
    /// Who is out by a limit on stays that the definitions before did not have: that is counted, like what changed
    /// definitions remove.
    public var endedByNewLimits: Set<PersonID> = []

    public init(
        organization: Organization, previous: Organization? = nil, roster: Roster, grants: [Grant] = [],
        recorded: RecordedState, abilities: [Slug: TargetAbilities], now: Instant, vouched: Instant? = nil
    ) {
        self.organization = organization
        self.previous = previous
        self.roster = roster
        self.grants = grants
        self.recorded = recorded
        self.abilities = abilities
        self.now = now
        self.vouched = vouched.map { min($0, now) } ?? now
    }
}

/// What was written down earlier and counts as much as the files do.
public struct RecordedState: Sendable, Equatable {
    /// An entry of a list: where it stands, whose address it is.
    public struct EntryKey: Hashable, Sendable, Comparable {
        /// The tenant, or the core sector.
        public let tenant: Slug
        /// `admins`, `contributors`, `readers`; for a core group its slug.
        public let list: String
        /// The address, folded.
        public let address: String

        public init(tenant: Slug, list: String, address: String) {
            self.tenant = tenant
            self.list = list
            self.address = address
        }

        public static func < (left: EntryKey, right: EntryKey) -> Bool {
            (left.tenant, left.list, left.address) < (right.tenant, right.list, right.address)
        }
    }

    /// Whom an entry meant when it was first applied, and when that was.
    public struct Binding: Hashable, Sendable {
        public let person: PersonID
        public let firstSeen: Instant

        public init(person: PersonID, firstSeen: Instant) {
            self.person = person
            self.firstSeen = firstSeen
        }
    }

    public var bindings = Bindings()
    /// Person and tenant -> when somebody last confirmed the person's entries there.
    public var confirmations: [PersonID: [Slug: Instant]] = [:]
    /// Groups that Tenure made or took over, by target. What is in them is Tenure's; any other group is reported only.
    public var ownedGroups: [Slug: Set<String>] = [:]
    /// Role assignments and trusts that Tenure made, by target, as fact keys.
    public var ownedFacts: [Slug: Set<String>] = [:]
    /// Since when a person's account in a target has been seen disabled by Tenure.
    public var disabledSince: [Slug: [PersonID: Instant]] = [:]
    /// Counted removals of the last hour: target -> people.
    public var recentRemovals: [Slug: Set<String>] = [:]
    /// How many memberships those removals took: target -> number. The guard's percentage counts them.
    public var recentRemovedMemberships: [Slug: Int] = [:]
    /// Ids of windows that were lost before their end, for want of eligibility: they stay lost.
    public var lostGrants: Set<String> = []
    /// Ids of changes whose hold a second person has approved.
    public var releasedChanges: Set<String> = []
    /// Of changes that policies wanted agreed to: what was asked for and given, as whoever asks names it.
    public var agreedTo: [String: Set<String>] = [:]
    /// Whom a second person let a snapshot take out, and as of when those snapshots held: not counted once more.
    public var releasedPeople: [PersonID: Set<Instant>] = [:]
    /// Ids of changes in holds that nobody has decided on yet. They stay counted and held, even when what caused them
    /// can no longer be told, until an approval, or until a reason that no guard counts.
    public var heldChanges: Set<String> = []

    public init() {}
}
