import AccessModel
import Definitions
import Persistence
import Planning
import StrictJSON

extension AccessHistory {
    /// Who was to be in a group, and who was seen in it.
    public struct Holders: Hashable, Sendable {
        public struct Member: Hashable, Sendable {
            public let identity: IdentityID
            public let email: String?
            public var causes: [Cause]
            /// When the last cause ends; nil where one has no end.
            public var until: Instant?
            public var isDesired: Bool
            /// Whether any target showed it; nil where none was read yet.
            public var isObserved: Bool?
            /// The windows among the causes: who asked, why, and who agreed.
            public var windows: [AccessWindow] = []
        }

        /// As it was asked for.
        public let group: String
        /// The groups that it means, by their slugs.
        public let slugs: [String]
        public let at: Instant
        /// By identity.
        public let members: [Member]
    }

    /// - Throws: ``LifecycleError`` `unknown` where neither the definitions nor the record know the group.
    public func who(_ text: String) async throws -> Holders {
        try await context.database.read { session in
            let world = try world(session)
            let input = world?.input
            let groups = input.map { GroupPattern(text).groups(in: $0.organization) } ?? []
            var slugs = groups.compactMap { group in input?.organization.slug(of: group) }
            if slugs.isEmpty { slugs = [text] }
            slugs = Array(Set(slugs)).sorted()
            var members: [IdentityID: Holders.Member] = [:]
            if let world { desire(groups, world, into: &members) }
            let isBaseline = groups.isEmpty && input.map { Self.names(text, in: $0.organization) } ?? false
            if isBaseline, let world { desireBaseline(text, world, into: &members) }
            let seen = try slugs.flatMap { slug in
                var filter = HoldingStore.Filter()
                filter.group = slug
                filter.kinds = [.membership]
                return try holdings(filter, session)
            }
            guard !groups.isEmpty || isBaseline || !seen.isEmpty else { throw LifecycleError.noGroup(text) }
            observe(seen, hasSeen: try hasSeenAnything(session), input, into: &members)
            let windows = try windows(session)
            members = members.mapValues { $0.with(windows) }
            return Holders(
                group: text, slugs: slugs, at: moment, members: members.values.sorted { $0.identity < $1.identity })
        }
    }

    private func desire(_ groups: [Group], _ world: World, into members: inout [IdentityID: Holders.Member]) {
        for group in groups {
            for member in Planner.who(group, world.input, index: world.index)?.members ?? [] {
                let known = members[member.identity]
                members[member.identity] = Holders.Member(
                    identity: member.identity, email: member.email?.text,
                    causes: Self.each(known?.causes ?? [], member.causes),
                    until: known == nil ? member.until : Self.later(known?.until, member.until), isDesired: true,
                    isObserved: nil)
            }
        }
    }

    /// Whether a birthright rule gives a group of that name.
    private static func names(_ slug: String, in organization: Organization) -> Bool {
        organization.birthright.contains { rule in rule.groups.contains { $0.name == slug } }
    }

    private func desireBaseline(
        _ slug: String, _ world: World, into members: inout [IdentityID: Holders.Member]
    ) {
        for desired in Planner.desired(world.input, index: world.index).facts {
            guard case .membership(let membership) = desired.fact, membership.group == slug else { continue }
            let known = members[membership.identity]?.causes ?? []
            members[membership.identity] = Holders.Member(
                identity: membership.identity,
                email: membership.identity.person.flatMap { world.input.roster[$0]?.person.email.text },
                causes: Self.each(known, desired.causes), until: nil, isDesired: true, isObserved: nil)
        }
    }

    /// One line of a file may put a person into several of the groups.
    private static func each(_ known: [Cause], _ further: [Cause]) -> [Cause] {
        known + further.filter { !known.contains($0) }
    }

    /// Nil is without end.
    private static func later(_ left: Instant?, _ right: Instant?) -> Instant? {
        guard let left, let right else { return nil }
        return max(left, right)
    }

    private func observe(
        _ seen: [Holding], hasSeen: Bool, _ input: PlanningInput?, into members: inout [IdentityID: Holders.Member]
    ) {
        if hasSeen {
            for identity in members.keys { members[identity]?.isObserved = false }
        }
        for holding in seen {
            guard case .membership(let membership) = holding.fact else { continue }
            let email = membership.identity.person.flatMap { input?.roster[$0]?.person.email.text }
            var member =
                members[membership.identity]
                ?? Holders.Member(
                    identity: membership.identity, email: email ?? membership.account, causes: [], until: nil,
                    isDesired: false, isObserved: true)
            member.isObserved = true
            if member.causes.isEmpty { member.causes = holding.causes }
            members[membership.identity] = member
        }
    }

}

extension LifecycleError {
    public static func noGroup(_ text: String) -> LifecycleError {
        LifecycleError(
            code: .unknown, operation: "who",
            message: "there is no group `\(text)`; write payments/live/contributor, "
                + "Group(\"payments\", \"live\", \"contributor\") or its slug")
    }
}

extension AccessHistory.Holders {
    public var json: JSONValue {
        [
            "group": .string(group), "slugs": .array(slugs.map(JSONValue.string)), "at": .string(at.description),
            "members": .array(members.map(\.json)),
        ]
    }
}

extension AccessHistory.Holders.Member {
    var json: JSONValue {
        [
            "identity": .string(identity.description), "email": email.map(JSONValue.string) ?? .null,
            "causes": .array(causes.map(\.json)), "until": until.map { .string($0.description) } ?? .null,
            "desired": .bool(isDesired), "observed": isObserved.map(JSONValue.bool) ?? .null,
            "windows": .array(windows.map(\.json)),
        ]
    }
}
