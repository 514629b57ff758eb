import AccessModel

/// A group as the directory holds it.
struct GroupEntry: Sendable {
    let dn: String
    let slug: String
    /// As the server writes them; without the placeholder.
    var members: [String]

    init?(_ entry: DirectoryEntry, _ layout: DirectoryLayout) {
        guard let name = DistinguishedName(entry.dn),
            let shown = name.relativeValue("cn") ?? entry.text("cn")
        else { return nil }
        dn = entry.dn
        // Directories do not mind case, slugs have none: one written otherwise by hand is still the same group.
        slug = Slug(shown.lowercased())?.text ?? shown
        members = entry.texts("member").filter { !Self.isPlaceholder($0, layout) }
    }

    static func isPlaceholder(_ member: String, _ layout: DirectoryLayout) -> Bool {
        layout.placeholder.map { $0 == DistinguishedName(member) } ?? false
    }
}
