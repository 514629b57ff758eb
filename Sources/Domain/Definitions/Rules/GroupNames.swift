import AccessModel

/// Two groups of one name in one target, and names that a target cannot take.
enum GroupNames {
    private struct Entry {
        let group: Group
        let place: SourceLocation
    }

    static func problems(in organization: Organization, connectors: [String: TargetAbilities]) -> [Diagnostic] {
        var bySlug: [String: [Entry]] = [:]
        var diagnostics: [Diagnostic] = []
        let owners =
            organization.tenants.map { ($0.name, $0.place) }
            + organization.platform.sectors.filter(\.isCore).map { ($0.name, $0.place) }
        for (name, place) in owners {
            var longest: (group: Group, slug: String)?
            for group in organization.groups(of: name) {
                let slug = organization.slug(of: group)
                bySlug[slug, default: []].append(Entry(group: group, place: place))
                if slug.utf8.count > longest?.slug.utf8.count ?? 0 { longest = (group, slug) }
            }
            guard let longest else { continue }
            diagnostics += tooLong(longest.slug, longest.group, place, organization, connectors)
        }
        for (slug, entries) in bySlug where entries.count > 1 {
            diagnostics += collisions(slug, entries, organization)
        }
        return diagnostics + birthrightCollisions(bySlug, organization)
    }

    /// One diagnostic a tenant: its longest name, in the target that takes the least.
    private static func tooLong(
        _ slug: String, _ group: Group, _ place: SourceLocation, _ organization: Organization,
        _ connectors: [String: TargetAbilities]
    ) -> [Diagnostic] {
        for target in organization.targets {
            guard let limit = connectors[target.connector]?.maximumGroupNameLength, slug.utf8.count > limit,
                !organization.coveredSectors(of: group, in: target).isEmpty
            else { continue }
            return [
                Diagnostic(
                    severity: .error, code: "slug-too-long", place: place,
                    message: "the group name `\(slug)` has \(slug.utf8.count) bytes; target `\(target.name)` takes "
                        + "\(limit) at most; choose shorter names or another template")
            ]
        }
        return []
    }

    private static func collisions(
        _ slug: String, _ entries: [Entry], _ organization: Organization
    ) -> [Diagnostic] {
        let crossTier = organization.platform.naming.crossTierReaders
        let first = entries[0]
        return entries.dropFirst().compactMap { entry in
            let isShared =
                crossTier && entry.group.role == .reader && first.group.role == .reader
                && entry.group.tenant == first.group.tenant
            guard !isShared else { return nil }
            let shared = organization.targets.first { target in
                [first, entry].allSatisfy { !organization.coveredSectors(of: $0.group, in: target).isEmpty }
            }
            guard shared != nil || organization.targets.isEmpty else { return nil }
            return Diagnostic(
                severity: .error, code: "slug-collision", place: entry.place,
                message: "`\(slug)` would be the name of both \(first.group) and \(entry.group)"
                    + (shared.map { " in target `\($0.name)`" } ?? "") + "; rename one, or change the naming template")
        }
    }

    private static func birthrightCollisions(
        _ bySlug: [String: [Entry]], _ organization: Organization
    ) -> [Diagnostic] {
        organization.birthright.flatMap { rule in
            rule.groups.compactMap { baseline in
                guard let target = organization.target(baseline.target),
                    let entry = bySlug[baseline.name]?.first(where: {
                        !organization.coveredSectors(of: $0.group, in: target).isEmpty
                    })
                else { return nil }
                return Diagnostic(
                    severity: .error, code: "slug-collision", place: rule.place,
                    message: "the baseline group \(baseline.name.quoted) in target `\(target.name)` is \(entry.group); "
                        + "a birthright rule gives no tenant's access; choose another name")
            }
        }
    }
}
