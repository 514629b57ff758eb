import AccessModel
import ConnectorKit

extension ConformanceRun {
    func foreigners() async {
        await check("an account of others is reported as foreign, and can be taken over", needs: .account) {
            let name = "tcf-foreign-1@mountainlab.io"
            try await world.addForeignAccount(named: name)
            let found = try await observe().account(named: name)
            guard let stranger = found.first, found.count == 1 else { return fail("seen \(found.count) times") }
            guard case .foreign = stranger.identity else { return fail("reported as \(stranger.identity)") }
            let byName = try await observe(
                .only(identities: [], accountNames: [name.uppercased()], groups: [])
            ).account(named: name)
            expect(byName == found, "by name it is seen as \(byName), among all as \(found)")

            let ada = try person("foreign")
            _ = await refused("adding an account under the name of a foreign one", as: [.conflict, .invalid]) {
                try await add(.account(ada))
            }
            expect(try await observe().account(named: name) == found, "a refused add changed the foreign account")

            try await update(stranger, to: ada)
            try await update(stranger, to: ada)
            try await expectExactly(ada)
            expect(try await observe().account(named: name).count == 1, "there are two after it was taken over")
        }
        await check("a stray member is seen, and can be removed", needs: .membership) {
            let (ada, name) = (try person("stray"), "tcf-stray-2@mountainlab.io")
            try await add(.account(ada))
            try await add(group("stray"))
            try await add(member(ada, of: "stray"))
            try await world.addForeignAccount(named: name)
            try await world.addStrayMember(account: name, to: "tcf-stray")
            let strays = try await observe().memberships(of: "tcf-stray").filter { $0.identity != ada.identity }
            guard let stray = strays.first, strays.count == 1 else { return fail("seen \(strays.count) times") }
            guard case .foreign = stray.identity else { return fail("reported as \(stray.identity)") }
            try await remove(.membership(stray))
            try await expectMembers(["stray": [ada]])
        }
    }

    func observations() async {
        let count = world.pageSize + 3
        await check("a listing of more than one page is complete, or says that it is not", needs: .account) {
            var crowd: [Account] = []
            for number in 0..<count { crowd.append(try person("crowd", number)) }
            try await add(group("crowd"))
            for ada in crowd {
                try await add(.account(ada))
                try await add(member(ada, of: "crowd"))
            }
            let seen = try await observe()
            guard seen.completeness == .complete else { return fail("\(seen.completeness) on a quiet target") }
            let keys = Set(seen.facts.map(\.key))
            expect(keys.count == seen.facts.count, "\(seen.facts.count - keys.count) facts are there twice")
            for ada in crowd {
                expect(keys.contains(Fact.account(ada).key), "\(ada.identity) is missing")
                expect(keys.contains(member(ada, of: "crowd").key), "the membership of \(ada.identity) is missing")
            }
            let byName = try await observe(groups: ["tcf-crowd"])
            expect(byName.memberships(of: "tcf-crowd").count == count, "members are missing when asked by group")
            let few = Set(crowd.prefix(2).map(\.identity))
            let byIdentity = try await observe(.only(identities: few, accountNames: [], groups: []))
            expect(
                Set(byIdentity.facts.compactMap(\.identity)).isSubset(of: few),
                "more people than those who were asked for: \(byIdentity.facts.count) facts")
        }
        await check("narrowed and full scope agree") {
            let all = try await observe()
            let accounts = all.facts.compactMap { fact in
                if case .account(let account) = fact { account } else { nil }
            }
            let groups = Set(all.facts.compactMap(\.groupSlug))
            for account in accounts.prefix(12) {
                try await compare(
                    .only(identities: [account.identity], accountNames: [], groups: []), with: all
                ) { $0.identity == account.identity }
            }
            for group in groups.sorted().prefix(12) {
                try await compare(.only(identities: [], accountNames: [], groups: [group]), with: all) {
                    $0.groupSlug == group
                }
            }
            let (people, some) = (Set(accounts.map(\.identity)), Set(groups.sorted().prefix(3)))
            try await compare(.only(identities: people, accountNames: [], groups: some), with: all) { fact in
                fact.identity.map(people.contains) ?? false || fact.groupSlug.map(some.contains) ?? false
            }
        }
        await check("nothing asked, nothing seen; what is not there is absent for certain") {
            let nothing = try await observe(.only(identities: [], accountNames: [], groups: []))
            expect(nothing.facts.isEmpty && nothing.completeness == .complete, "saw \(nothing)")
            let absent = try await observe([try person("absent")], groups: ["tcf-absent"])
            expect(absent.facts.isEmpty && absent.completeness == .complete, "saw \(absent)")
        }
    }

    /// The narrowed scope shows all that it is for, and nothing that is not so.
    private func compare(
        _ scope: ObservationScope, with all: Observation, _ isAsked: (Fact) -> Bool
    ) async throws {
        let seen = try await observe(scope)
        let (known, found) = (Set(all.facts), Set(seen.facts))
        expect(seen.completeness == .complete, "\(seen.completeness)")
        expect(found.isSubset(of: known), "only in the narrowed scope: \(found.subtracting(known).map(\.key))")
        let wanted = known.filter(isAsked)
        expect(wanted.isSubset(of: found), "missing in the narrowed scope: \(wanted.subtracting(found).map(\.key))")
    }
}
