/// A connection, and how the directory at its other end is laid out.
struct DirectorySession {
    let ldap: LDAPSession
    let layout: DirectoryLayout
    let root: RootEntry

    init(_ endpoint: LDAPEndpoint, _ settings: LDAPSettings) throws(LDAPFailure) {
        ldap = try LDAPSession(endpoint)
        root = try RootEntry(ldap)
        guard root.pagesResults else {
            throw .refused(.configuration, "the server does not page results, so no listing of it can be proven whole")
        }
        let flavor = settings.flavor ?? (root.isActiveDirectory ? .activeDirectory : .openLDAP)
        guard (flavor == .activeDirectory) == root.isActiveDirectory else {
            throw .refused(
                .configuration,
                "`flavor` is `\(flavor.rawValue)`, but the server is \(root.isActiveDirectory ? "" : "not ")an Active Directory"
            )
        }
        layout = try DirectoryLayout(settings, flavor: flavor)
    }

    /// All entries that a search finds under any of the bases, each to `receive`.
    func search(
        under bases: [String], _ filter: SearchFilter, _ attributes: [String], receive: (DirectoryEntry) -> Void
    ) throws(LDAPFailure) -> SearchEnd {
        var end = SearchEnd.complete
        for base in bases {
            let request = SearchRequest(base: base, filter: filter, attributes: attributes)
            do {
                end = end.and(try ldap.search(request, pageSize: layout.pageSize, receive: receive))
            } catch  where error.resultCode == .noSuchObject {
                throw .refused(.configuration, "`\(base)` is not there, or the bind DN may not see it")
            }
        }
        return end
    }

    /// All entries that each of the filters finds under any of the bases, and it is an error if they may not be all. The
    /// searches are on their way at the same time; they are for few entries each.
    func search(
        under bases: [String], each filters: [SearchFilter], _ attributes: [String]
    ) throws(LDAPFailure) -> [[DirectoryEntry]] {
        let requests = filters.flatMap { filter in
            bases.map { SearchRequest(base: $0, filter: filter, attributes: attributes) }
        }
        do {
            return try ldap.search(requests, pageSize: layout.pageSize).chunked(bases.count).map { Array($0.joined()) }
        } catch  where error.resultCode == .noSuchObject {
            let names = bases.map { "`\($0)`" }.joined(separator: " or ")
            throw .refused(.configuration, "\(names) is not there, or the bind DN may not see it")
        }
    }
}
