import AccessModel

/// Finds groups, and who is in them.
struct GroupReader {
    let session: DirectorySession
    private var layout: DirectoryLayout { session.layout }

    /// So many alternatives go into one filter.
    private static let batch = 50

    /// Every group with all of its members.
    func all() throws(LDAPFailure) -> DirectoryListing.Groups {
        var entries: [DirectoryEntry] = []
        let end = try session.search(under: [layout.groups.description], layout.groupFilter, ["cn", "member"]) {
            entries.append($0)
        }
        return DirectoryListing.Groups(entries: try complete(entries), end: end)
    }

    /// These groups with all of their members.
    func find(_ slugs: some Collection<String>) throws(LDAPFailure) -> [GroupEntry] {
        let wanted = Set(slugs)
        return try complete(search(slugs, ["cn", "member"])).filter { wanted.contains($0.slug) }
    }

    /// This group, without its members; nil if there is none.
    func group(_ slug: String) throws(LDAPFailure) -> GroupEntry? {
        let found = try search([slug], ["cn"]).compactMap { GroupEntry($0, layout) }.filter { $0.slug == slug }
        guard found.count < 2 else {
            throw .refused(
                .invalid, "two groups are called `\(slug)`: \(found.map { "`\($0.dn)`" }.joined(separator: ", "))")
        }
        return found.first
    }

    /// The groups that each of these members is in, without the groups' members.
    func groups(with members: [String]) throws(LDAPFailure) -> [[GroupEntry]] {
        let filters = members.map { SearchFilter.and([layout.groupFilter, .equals("member", $0)]) }
        return try search(filters, ["cn"]).map { entries in entries.compactMap { GroupEntry($0, layout) } }
    }

    func groups(with member: String) throws(LDAPFailure) -> [GroupEntry] {
        try groups(with: [member]).flatMap(\.self)
    }

    /// Whether the group of this name has this member.
    func holds(_ group: String, _ member: String) throws(LDAPFailure) -> Bool {
        try session.ldap.entry(group, filter: .equals("member", member), attributes: ["1.1"]) != nil
    }

    private func search(
        _ slugs: some Collection<String>, _ attributes: [String]
    ) throws(LDAPFailure) -> [DirectoryEntry] {
        let filters = Array(slugs).chunked(Self.batch).map { batch in
            SearchFilter.and([layout.groupFilter, .any(of: ["cn"], are: batch)])
        }
        return try search(filters, attributes).flatMap(\.self)
    }

    private func search(
        _ filters: [SearchFilter], _ attributes: [String]
    ) throws(LDAPFailure) -> [[DirectoryEntry]] {
        try session.search(under: [layout.groups.description], each: filters, attributes)
    }

    private func complete(_ entries: [DirectoryEntry]) throws(LDAPFailure) -> [GroupEntry] {
        var groups: [GroupEntry] = []
        for entry in entries {
            let whole = try RangedAttribute("member").complete(entry, on: session.ldap)
            if let group = GroupEntry(whole, layout) { groups.append(group) }
        }
        return groups
    }
}
