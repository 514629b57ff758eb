import AccessModel
import Persistence

/// Members are rows: what is added or removed is one row each, and never a list that somebody read before.
extension ResourceStore {
    /// The groups' members, sorted by id.
    func members(of groups: [String], showing names: Bool = false) throws -> [String: [GroupMember]] {
        var found: [String: [GroupMember]] = [:]
        // The body holds the name as it is shown; the column, as it is compared.
        let body = names ? "x.body" : "NULL"
        try session.inPortions(groups.map { .text($0) }, after: 1) { list, portion in
            try session.forEachRow(
                """
                SELECT m.group_id, m.member, x.kind, \(body) FROM scim_members AS m LEFT JOIN scim_resources AS x
                    ON x.id = m.member AND x.client = m.client AND x.deleted_at IS NULL
                WHERE m.client = $1 AND m.group_id IN \(list) ORDER BY m.group_id, m.member
                """, [.text(client)] + portion
            ) { row in
                let kind = try row.optionalText(2).flatMap { ResourceKind(rawValue: $0) }
                let display = try row.optionalText(3).flatMap(Self.displayName)
                found[try row.text(0), default: []].append(
                    GroupMember(id: try row.text(1), kind: kind, display: display))
            }
        }
        return found
    }

    /// The groups that resources are in.
    func groups(of members: [String]) throws -> [String: [GroupMembership]] {
        var found: [String: [GroupMembership]] = [:]
        try session.inPortions(members.map { .text($0) }, after: 1) { list, portion in
            try session.forEachRow(
                """
                SELECT m.member, g.id, g.body FROM scim_members AS m JOIN scim_resources AS g
                    ON g.id = m.group_id AND g.client = m.client AND g.deleted_at IS NULL
                WHERE m.client = $1 AND m.member IN \(list) ORDER BY m.member, g.seq
                """, [.text(client)] + portion
            ) { row in
                found[try row.text(0), default: []].append(
                    GroupMembership(group: try row.text(1), display: Self.displayName(try row.text(2))))
            }
        }
        return found
    }

    private static func displayName(_ body: String) -> String? {
        do {
            return try JSONText.member("displayName", of: body)
        } catch {
            return nil
        }
    }

    /// Adds members; returns those that were none before.
    func add(_ members: [String], to group: String) throws -> [String] {
        let known = try present(members, in: group)
        let new = members.filter { !known.contains($0) }
        try session.insert(
            into: "scim_members (group_id, member, client)",
            new.map { [.text(group), .text($0), .text(client)] }, onConflict: "ON CONFLICT DO NOTHING")
        return new
    }

    /// Removes members; returns those that were some before.
    func remove(_ members: [String], from group: String) throws -> [String] {
        let known = try present(members, in: group)
        let gone = members.filter { known.contains($0) }
        try session.execute(
            "DELETE FROM scim_members WHERE group_id = $1 AND member = $2 AND client = $3",
            batch: gone.map { [.text(group), .text($0), .text(client)] })
        return gone
    }

    /// Which of these are members.
    private func present(_ members: [String], in group: String) throws -> Set<String> {
        var known: Set<String> = []
        try session.inPortions(members.map { .text($0) }, after: 2) { list, portion in
            try session.forEachRow(
                "SELECT member FROM scim_members WHERE group_id = $1 AND client = $2 AND member IN \(list)",
                [.text(group), .text(client)] + portion
            ) { row in known.insert(try row.text(0)) }
        }
        return known
    }

    /// All members' ids.
    func memberIDs(of group: String) throws -> [String] {
        try session.query(
            "SELECT member FROM scim_members WHERE group_id = $1 AND client = $2 ORDER BY member",
            [.text(group), .text(client)]
        ).map { try $0.text(0) }
    }

    /// Takes a resource out of all groups, each of which is another one then; returns them.
    func leaveGroups(_ member: String, at now: Instant) throws -> [String] {
        let groups = try session.query(
            "SELECT group_id FROM scim_members WHERE client = $1 AND member = $2 ORDER BY group_id",
            [.text(client), .text(member)]
        ).map { try $0.text(0) }
        guard !groups.isEmpty else { return [] }
        try session.execute(
            "DELETE FROM scim_members WHERE client = $1 AND member = $2", [.text(client), .text(member)])
        try session.execute(
            """
            UPDATE scim_resources SET version = version + 1, modified_at = $3
            WHERE id = $1 AND client = $2 AND deleted_at IS NULL
            """, batch: groups.map { [.text($0), .text(client), .instant(now)] })
        return groups
    }
}
