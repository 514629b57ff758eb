import AccessModel

/// Finds accounts.
struct AccountReader {
    let session: DirectorySession
    private var layout: DirectoryLayout { session.layout }

    /// So many alternatives go into one filter.
    private static let batch = 50

    /// Every account, each to `receive`.
    func everyone(receive: (PersonEntry) -> Void) throws(LDAPFailure) -> SearchEnd {
        try session.search(under: layout.peopleBases, layout.personFilter, layout.personAttributes) { entry in
            PersonEntry(entry, layout).map(receive)
        }
    }

    /// The accounts of these people. A directory compares ids without regard to case; this does not.
    func find(_ people: some Collection<PersonID>) throws(LDAPFailure) -> [PersonEntry] {
        let wanted = Set(people.map { IdentityID.person($0) })
        return try find([layout.idAttribute], people.map(\.text)).filter { wanted.contains($0.identity) }
    }

    /// The accounts that bear one of these names.
    func find(names: some Collection<String>) throws(LDAPFailure) -> [PersonEntry] {
        let wanted = Set(names.map { $0.lowercased() })
        let named = try find(layout.nameAttributes, Array(names)).filter {
            wanted.contains($0.account.name.lowercased())
        }
        // One that has no other name is known by its distinguished name.
        let spelt = names.compactMap { DistinguishedName($0) }.filter { $0.components.count > 1 }
        return try named + find(spelt).filter { wanted.contains($0.account.name.lowercased()) }
    }

    /// The accounts of these distinguished names, among those where accounts are kept.
    ///
    /// They are looked for by the value that begins their name, many at a time, because directories index that.
    func find(_ names: some Collection<DistinguishedName>) throws(LDAPFailure) -> [PersonEntry] {
        let wanted = Set(names.filter { layout.holdsPeople($0) })
        var found: [PersonEntry] = []
        for batch in Array(wanted).chunked(Self.batch) {
            let filters = batch.map { name in SearchFilter.and(name.relative.map { .equals($0.type, $0.value) }) }
            found += try search(.or(filters)).filter { wanted.contains($0.name) }
        }
        return found
    }

    /// Another account than `entry` that bears `login`, by any of the attributes that sign in.
    func other(than entry: PersonEntry?, named login: String) throws(LDAPFailure) -> PersonEntry? {
        try find(layout.loginAttributes, [login]).first { $0.name != entry?.name }
    }

    private func find(_ attributes: [String], _ values: [String]) throws(LDAPFailure) -> [PersonEntry] {
        var found: [DistinguishedName: PersonEntry] = [:]
        for batch in values.chunked(Self.batch) {
            for entry in try search(.any(of: attributes, are: batch)) { found[entry.name] = entry }
        }
        return found.values.sorted { $0.name.key < $1.name.key }
    }

    private func search(_ filter: SearchFilter) throws(LDAPFailure) -> [PersonEntry] {
        let filter = SearchFilter.and([layout.personFilter, filter])
        return try session.search(under: layout.peopleBases, filter, layout.personAttributes).compactMap {
            PersonEntry($0, layout)
        }
    }
}

extension Array {
    func chunked(_ size: Int) -> [[Element]] {
        stride(from: 0, to: count, by: size).map { Array(self[$0..<Swift.min($0 + size, count)]) }
    }
}
