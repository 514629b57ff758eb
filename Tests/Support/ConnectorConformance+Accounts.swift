import AccessModel
import ConnectorKit

extension ConformanceRun {
    func reach() async {
        await check("check reaches the target and says what it is") {
            let health = try await connector.check()
            hear(health)
            expect(!health.description.isEmpty, "the description is empty")
        }
    }

    func accounts() async {
        await check("an account that is added is seen, once, however often it is added", needs: .account) {
            let ada = try person("add")
            expect(try await add(.account(ada)).effect == .applied, "the first add was not applied")
            try await renew()
            expect(try await add(.account(ada)).effect == .alreadyHeld, "adding what is there is not already_held")
            try await expectExactly(ada)
        }
        await check("an add makes an account that is there and differs as it is wanted", needs: .account) {
            let ada = try person("differs")
            try await add(.account(ada))
            var wanted = ada
            wanted.state = .disabled
            try await update(ada, to: wanted)
            try await add(.account(ada))
            try await expectExactly(ada)
        }
        await check("an account that is removed is gone, and removing the absent succeeds", needs: .account) {
            let ada = try person("remove")
            expect(
                try await remove(.account(ada)).effect == .alreadyHeld, "removing what never was is not already_held")
            try await add(.account(ada))
            expect(try await remove(.account(ada)).effect == .applied, "the remove was not applied")
            expect(try await remove(.account(ada)).effect == .alreadyHeld, "removing it again is not already_held")
            expect(try await observe([ada]).facts.isEmpty, "it is still seen")
        }
        await accountUpdates()
        await accountNames()
    }

    private func accountUpdates() async {
        await check("an account is disabled and enabled, and keeps the rest", needs: .account) {
            let ada = try person("disable")
            try await add(.account(ada))
            var disabled = ada
            disabled.state = .disabled
            try await update(ada, to: disabled)
            try await expectExactly(disabled)
            expect(try await update(ada, to: disabled).effect == .alreadyHeld, "disabling it again is not already_held")
            try await update(disabled, to: ada)
            try await expectExactly(ada)
        }
        await check("an account is made disabled at once", needs: .account) {
            var ada = try person("born-disabled")
            ada.state = .disabled
            try await add(.account(ada))
            try await expectExactly(ada)
        }
        await check("a new e-mail address keeps the identity and the attributes", needs: .account) {
            let ada = try person("rename")
            try await add(.account(ada))
            var renamed = ada
            renamed.name = "tcf-renamed-1@mountainlab.io"
            try await update(ada, to: renamed)
            try await update(ada, to: renamed)
            try await expectExactly(renamed)
            expect(try await observe().account(named: ada.name).isEmpty, "the old address is still seen")
        }
        await check("attributes change alone", needs: .account) {
            let ada = try person("attributes")
            try await add(.account(ada))
            var moved = ada
            (moved.department, moved.title, moved.familyName) = ("Finance", "Analyst", "Other")
            try await update(ada, to: moved)
            try await expectExactly(moved)
        }
        await check("two people cannot have one address", needs: .account) {
            let (first, other) = (try person("clash", 1), try person("clash", 2))
            try await add(.account(first))
            try await add(.account(other))
            var clashing = other
            clashing.name = first.name.uppercased()
            _ = await refused("an address that another account bears", as: [.conflict, .invalid]) {
                try await update(other, to: clashing)
            }
            try await expectExactly(first)
            try await expectExactly(other)
        }
    }

    private func accountNames() async {
        await check("e-mail addresses are compared in lower case", needs: .account) {
            let ada = try person("case", local: "Tcf-Case-1")
            try await add(.account(ada))
            var lower = ada
            lower.name = ada.name.lowercased()
            try await add(.account(lower))
            let seen = try await observe(
                .only(identities: [], accountNames: [ada.name.uppercased(), "absent@mountainlab.io"], groups: []))
            expect(seen.account(ada.identity).count == 1, "found \(seen.account(ada.identity).count) by another case")
            try await expectExactly(ada)
        }
        await check("special characters survive", needs: .account) {
            for (index, local) in world.trickyLocalParts.enumerated() {
                var ada = try person("special", index, local: local)
                (ada.givenName, ada.familyName, ada.title) = (world.trickyName, world.trickyName, world.trickyName)
                try await add(.account(ada))
                try await expectExactly(ada)
                try await expectVerbatim(ada)
            }
        }
        await check("a NUL survives or is refused, and cuts nothing off", needs: .account) {
            var ada = try person("nul")
            ada.familyName = "before\0after"
            do {
                try await add(.account(ada))
                try await expectVerbatim(ada)
            } catch let error as ConnectorError {
                expect(error.code == .invalid, "refused as \(error)")
                expect(try await observe([ada]).facts.isEmpty, "refused, and there all the same")
            }
        }
    }

    /// Exactly one account of the identity is seen, in both scopes, and it is as it is wanted.
    func expectExactly(_ wanted: Account) async throws {
        for (scope, seen) in [("only", try await observe([wanted])), ("everything", try await observe())] {
            let accounts = seen.account(wanted.identity)
            expect(accounts.count == 1, "\(accounts.count) accounts of \(wanted.identity) in scope \(scope)")
            for account in accounts where !account.satisfies(wanted) {
                fail("saw \(account) in scope \(scope), wanted \(wanted)")
            }
        }
    }

    /// Attributes that the target keeps are the same bytes.
    private func expectVerbatim(_ wanted: Account) async throws {
        for account in try await observe([wanted]).account(wanted.identity) {
            for (seen, wanted) in [
                (account.givenName, wanted.givenName), (account.familyName, wanted.familyName),
                (account.title, wanted.title),
            ] {
                guard let seen, let wanted else { continue }
                expect(seen.utf8.elementsEqual(wanted.utf8), "saw `\(seen)`, wanted `\(wanted)`")
            }
        }
    }
}
