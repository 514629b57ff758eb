import AccessModel

/// Finds accounts.
struct AccountReader {
    let session: DirectorySession
    private var layout: DirectoryLayout { session.layout }

    /// So many alternatives go into one filter. A server finds each by its index, and then tests what it found against
    /// all of them.
    private static let batch = 16

    /// Every account.
    func everyone() throws(LDAPFailure) -> DirectoryListing.People {
        var people = DirectoryListing.People()
        people.end = try session.search(under: layout.peopleBases, layout.personFilter, layout.personAttributes) {
            if let entry = PersonEntry($0, layout) { people.entries.append(entry) }
        }
        return people
    }

    /// The accounts of these people. A directory compares ids without regard to case; this does not.
    func find(_ people: some Collection<PersonID>) throws(LDAPFailure) -> [PersonEntry] {
        try find(people, names: [])
    }

    /// The accounts that bear one of these names.
    func find(names: some Collection<String>) throws(LDAPFailure) -> [PersonEntry] { try find([], names: names) }

    /// The accounts of these people, and those that bear one of these names.
    func find(
        _ people: some Collection<PersonID>, names: some Collection<String>
    ) throws(LDAPFailure) -> [PersonEntry] {
        let identities = Set(people.map { IdentityID.person($0) })
        let lowercased = Set(names.map { $0.lowercased() })
        func isMeant(_ entry: PersonEntry) -> Bool {
            identities.contains(entry.identity) || lowercased.contains(entry.account.name.lowercased())
        }
        let filters: [SearchFilter] =
            people.map { .equals(layout.idAttribute, $0.text) }
            + names.flatMap { name in layout.nameAttributes.map { SearchFilter.equals($0, name) } }
        // One that has no other name is known by its distinguished name.
        let spelt = names.compactMap { DistinguishedName($0) }.filter { $0.components.count > 1 }
        var found: [DistinguishedName: PersonEntry] = [:]
        for entry in try search(filters) + find(spelt) where isMeant(entry) { found[entry.name] = entry }
        return found.values.sorted { $0.name.key < $1.name.key }
    }

    /// The accounts of these distinguished names, among those where accounts are kept.
    ///
    /// They are looked for by the value that begins their name, many at a time, because directories index that.
    func find(_ names: some Collection<DistinguishedName>) throws(LDAPFailure) -> [PersonEntry] {
        let wanted = Set(names.filter { layout.holdsPeople($0) })
        return try search(wanted.map { name in .and(name.relative.map { .equals($0.type, $0.value) }) })
            .filter { wanted.contains($0.name) }
    }

    /// Another account than `entry` that bears `login`, by any of the attributes that sign in.
    func other(than entry: PersonEntry?, named login: String) throws(LDAPFailure) -> PersonEntry? {
        try search(layout.loginAttributes.map { .equals($0, login) })
            .sorted { $0.name.key < $1.name.key }.first { $0.name != entry?.name }
    }

    /// What any of the filters finds; an entry may come more than once.
    private func search(_ alternatives: [SearchFilter]) throws(LDAPFailure) -> [PersonEntry] {
        let filters = alternatives.chunked(Self.batch).map { SearchFilter.and([layout.personFilter, .or($0)]) }
        return try session.search(under: layout.peopleBases, each: filters, layout.personAttributes)
            .flatMap { entries in entries.compactMap { PersonEntry($0, layout) } }
    }
}

extension Array {
    func chunked(_ size: Int) -> [[Element]] {
        stride(from: 0, to: count, by: size).map { Array(self[$0..<Swift.min($0 + size, count)]) }
    }
}
