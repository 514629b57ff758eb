/// An attribute of so many values that a server hands them out in ranges, as Active Directory does beyond 1,500.
struct RangedAttribute {
    let name: String

    init(_ name: String) { self.name = name }

    /// A part of the values: `member;range=0-1499`, or `member;range=1500-*` for the last.
    struct Part: Hashable {
        let first: Int
        /// Nil for the last part.
        let last: Int?
    }

    /// The entry with all values under the plain name.
    func complete(_ entry: DirectoryEntry, on session: LDAPSession) throws(LDAPFailure) -> DirectoryEntry {
        var whole = entry
        var current = entry
        while let (key, part) = part(in: current) {
            whole.removeValues(key)
            for value in current.values(key) { whole.append(value, to: name.lowercased()) }
            guard let last = part.last else { return whole }
            guard let next = try session.entry(entry.dn, attributes: ["\(name);range=\(last + 1)-*"]) else {
                throw .refused(.conflict, "`\(entry.dn)` went while its members were being read")
            }
            guard let following = self.part(in: next)?.part, following.first == last + 1 else {
                throw .refused(
                    .incomplete, "the values of `\(name)` of `\(entry.dn)` after \(last) were not handed out")
            }
            current = next
        }
        return whole
    }

    /// Which part an entry holds; nil where it has the plain attribute or none.
    func part(in entry: DirectoryEntry) -> (key: String, part: Part)? {
        for key in entry.attributes {
            if let part = part(of: key) { return (key, part) }
        }
        return nil
    }

    func part(of description: String) -> Part? {
        let prefix = "\(name.lowercased());range="
        let description = description.lowercased()
        guard description.hasPrefix(prefix) else { return nil }
        let bounds = description.dropFirst(prefix.count).split(separator: "-", omittingEmptySubsequences: false)
        guard bounds.count == 2, let first = Int(bounds[0]), first >= 0 else { return nil }
        if bounds[1] == "*" { return Part(first: first, last: nil) }
        guard let last = Int(bounds[1]), last >= first else { return nil }
        return Part(first: first, last: last)
    }
}
