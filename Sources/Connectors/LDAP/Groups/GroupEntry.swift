import AccessModel

/// A group as the directory holds it.
struct GroupEntry: Sendable {
    let dn: String
    let slug: String
    /// As the server writes them, the placeholder among them.
    let members: [String]

    init?(_ entry: DirectoryEntry, _ layout: DirectoryLayout) {
        guard let name = DistinguishedName(entry.dn),
            let shown = name.relativeValue("cn") ?? entry.text("cn")
        else { return nil }
        dn = entry.dn
        // Directories do not mind case, slugs have none: one written otherwise by hand is still the same group.
        slug = Slug(shown.lowercased())?.text ?? shown
        members = entry.texts("member")
    }
}
