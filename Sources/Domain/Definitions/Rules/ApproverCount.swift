import AccessModel

/// Windows that nobody could ever approve, even if everybody listed were active.
enum ApproverCount {
    static func problems(in organization: Organization) -> [Diagnostic] {
        // As many admins as anybody could ever ask for settle a tenant without a look at its groups.
        let most = Approval.allCases.map(\.approvers).max() ?? 0
        return organization.tenants.filter { $0.admins.count <= most }.flatMap { tenant in
            organization.groups(of: tenant.name).compactMap { problem(of: $0, tenant.place, in: organization) }
        } + organization.core.groups.compactMap { problem(of: $0.group, $0.place, in: organization) }
    }

    private static func problem(
        of group: Group, _ place: SourceLocation, in organization: Organization
    ) -> Diagnostic? {
        guard let needed = organization.jitRule(for: group)?.approval.approvers, needed > 0 else { return nil }
        let lists = organization.approverLists(for: group) + organization.substituteApproverLists(for: group)
        // Nobody stands twice in one list, so one that is long enough settles it without looking at the names.
        guard lists.allSatisfy({ $0.people.count <= needed }) else { return nil }
        let approvers = addresses(lists)
        // More approvers than anyone needs: whoever asks, enough others are left.
        guard approvers.count <= needed else { return nil }
        let isShort = addresses(organization.eligibleLists(for: group)).contains { requester in
            approvers.count - (approvers.contains(requester) ? 1 : 0) < needed
        }
        guard isShort else { return nil }
        return Diagnostic(
            severity: .warning, code: "too-few-approvers", place: place,
            message: "\(group) needs \(needed) to approve who are not the requester, and there are too few; list "
                + "another admin here, or in platform's admins of tier `\(group.tier)`; until then requests are denied")
    }

    private static func addresses(_ lists: [MemberList]) -> Set<EmailAddress> {
        Set(lists.flatMap { $0.people.map(\.email) })
    }
}
