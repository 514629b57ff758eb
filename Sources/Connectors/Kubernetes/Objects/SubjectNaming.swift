import AccessModel

/// How the cluster's sign-in names the groups that people are in.
struct SubjectNaming: Hashable, Sendable {
    enum Style: String, CaseIterable, Sendable {
        /// Groups out of a token's claim, with the prefix that the API server is set to.
        case oidc
        /// Groups of an access entry, or of the `aws-auth` map.
        case eks
        /// Object ids of Entra groups.
        case aks
        /// E-mail addresses of Google groups.
        case gke
    }

    let style: Style
    let prefix: String
    let domain: String?
    /// Slug to name; comes before everything else.
    let names: [String: String]
    private let slugs: [String: String]

    init(style: Style, prefix: String = "", domain: String? = nil, names: [String: String] = [:]) {
        self.style = style
        self.prefix = prefix
        self.domain = domain
        self.names = names
        slugs = Dictionary(names.map { ($1, $0) }, uniquingKeysWith: { first, _ in first })
    }

    /// Nil for a group that has no name there yet: one without an object id.
    func subject(for slug: String) -> RBACSubject? {
        if let name = names[slug] { return RBACSubject(.group, name) }
        switch style {
        case .oidc, .eks: return RBACSubject(.group, prefix + slug)
        case .aks: return nil
        case .gke: return domain.map { RBACSubject(.group, "\(slug)@\($0)") }
        }
    }

    /// The group that a name stands for, if it may be one of the organisation's.
    func slug(of subject: RBACSubject) -> String? {
        guard subject.kind == .group else { return nil }
        if let slug = slugs[subject.name] { return slug }
        switch style {
        case .oidc, .eks:
            return subject.name.hasPrefix(prefix) ? String(subject.name.dropFirst(prefix.count)) : nil
        case .aks: return nil
        case .gke:
            guard let domain, subject.name.hasSuffix("@" + domain) else { return nil }
            return String(subject.name.dropLast(domain.count + 1))
        }
    }
}
