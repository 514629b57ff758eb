import AccessModel
import ConnectorKit

extension ConformanceRun {
    func groups() async {
        await check("a group is added and removed, however often", needs: .group) {
            let fact = group("group")
            expect(try await remove(fact).effect == .alreadyHeld, "removing what never was is not already_held")
            try await add(fact)
            try await renew()
            expect(try await add(fact).effect == .alreadyHeld, "adding what is there is not already_held")
            if abilities.holdsEmptyGroups {
                expect(try await observe(groups: ["tcf-group"]).count(fact) == 1, "not seen by name")
                expect(try await observe().count(fact) == 1, "not seen among all")
            }
            try await remove(fact)
            expect(try await remove(fact).effect == .alreadyHeld, "removing it again is not already_held")
            expect(try await observe(groups: ["tcf-group"]).count(fact) == 0, "it is still seen")
        }
        await check("a group's name may be as long as the abilities say", needs: .group) {
            let slug = "tcf-" + String(repeating: "n", count: min(63, abilities.maximumGroupNameLength) - 4)
            let fact = Fact.group(GroupFact(slug: slug, notation: nil))
            try await add(fact)
            if abilities.holdsEmptyGroups {
                expect(try await observe(groups: [slug]).count(fact) == 1, "it is not seen")
            }
            try await remove(fact)
        }
    }

    func memberships() async {
        await check("a member is added and removed, however often", needs: .membership) {
            let (ada, bob) = (try person("member", 1), try person("member", 2))
            try await add(.account(ada))
            try await add(.account(bob))
            try await add(group("member"))
            let (first, second) = (member(ada, of: "member"), member(bob, of: "member"))
            expect(try await remove(first).effect == .alreadyHeld, "removing what never was is not already_held")
            expect(try await add(first).effect == .applied, "the first add was not applied")
            try await add(second)
            try await renew()
            expect(try await add(first).effect == .alreadyHeld, "adding what is there is not already_held")
            try await expectMembers(["member": [ada, bob]])
            expect(try await remove(first).effect == .applied, "the remove was not applied")
            expect(try await remove(first).effect == .alreadyHeld, "removing it again is not already_held")
            try await expectMembers(["member": [bob]])
            try await remove(second)
            try await expectMembers(["member": []])
        }
        await check("a member in one group is not in another", needs: .membership) {
            let ada = try person("two")
            try await add(.account(ada))
            for tag in ["two-a", "two-b"] { try await add(group(tag)) }
            try await add(member(ada, of: "two-a"))
            try await add(member(ada, of: "two-b"))
            try await remove(member(ada, of: "two-a"))
            try await expectMembers(["two-a": [], "two-b": [ada]])
        }
        await check("a member needs an account first", needs: .membership) {
            let ghost = try person("ghost")
            try await add(group("ghost"))
            _ = await refused("a member without an account", as: [.missingDependency]) {
                try await add(member(ghost, of: "ghost"))
            }
            expect(
                try await remove(member(ghost, of: "ghost")).effect == .alreadyHeld,
                "removing one who has no account is not already_held")
        }
        await membershipsOfChangingAccounts()
    }

    private func membershipsOfChangingAccounts() async {
        await check("a new address keeps memberships, and they go by identity", needs: .membership) {
            let ada = try person("keeps")
            try await add(.account(ada))
            try await add(group("keeps"))
            try await add(member(ada, of: "keeps"))
            var renamed = ada
            renamed.name = "tcf-keeps-renamed@mountainlab.io"
            try await update(ada, to: renamed)
            try await expectMembers(["keeps": [renamed]])
            // The plan may have been made before the address changed.
            try await remove(member(ada, of: "keeps"))
            try await expectMembers(["keeps": []])
        }
        await check("an account goes with its memberships", needs: .membership) {
            let ada = try person("goes")
            try await add(.account(ada))
            try await add(group("goes"))
            try await add(member(ada, of: "goes"))
            try await remove(.account(ada))
            try await expectMembers(["goes": []])
            try await add(.account(ada))
            try await expectMembers(["goes": []])
        }
        await check("a group goes with its memberships", needs: .membership) {
            let ada = try person("falls")
            try await add(.account(ada))
            try await add(group("falls"))
            try await add(member(ada, of: "falls"))
            try await remove(group("falls"))
            try await expectMembers(["falls": []])
            try await expectExactly(ada)
        }
        guard abilities.holdsWorkloadMembers else {
            return leaveOut("workloads as members: the target holds none")
        }
        await check("a workload is a member", needs: .membership) {
            guard let id = IdentityID("workload:payments/live/deploy") else { throw SampleError(text: "workload") }
            let deploy = Account(identity: id, name: id.description, state: .active)
            try await add(group("workload"))
            try await add(member(deploy, of: "workload"))
            try await add(member(deploy, of: "workload"))
            try await expectMembers(["workload": [deploy]])
            try await remove(member(deploy, of: "workload"))
            try await expectMembers(["workload": []])
        }
    }

    /// Exactly these are seen in each group, in both scopes.
    func expectMembers(_ expected: [String: [Account]]) async throws {
        let groups = Set(expected.keys.map { "tcf-\($0)" })
        for (scope, seen) in [("only", try await observe(groups: groups)), ("everything", try await observe())] {
            for (tag, accounts) in expected {
                let found = seen.memberships(of: "tcf-\(tag)")
                let identities = accounts.map(\.identity).sorted()
                expect(
                    found.map(\.identity).sorted() == identities,
                    "members of tcf-\(tag) in scope \(scope): \(found.map(\.identity)), wanted \(identities)")
                for account in accounts {
                    for membership in found where membership.identity == account.identity {
                        expect(
                            membership.account.lowercased() == account.name.lowercased(),
                            "a membership of \(account.identity) names `\(membership.account)`, not `\(account.name)`")
                    }
                }
            }
        }
    }
}

extension Observation {
    func memberships(of group: String) -> [Membership] {
        facts.compactMap { fact in
            if case .membership(let membership) = fact, membership.group == group { membership } else { nil }
        }
    }
}
