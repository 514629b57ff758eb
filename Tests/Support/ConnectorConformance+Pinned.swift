import AccessModel
import ConnectorKit

extension ConformanceRun {
    /// Facts about a group as a whole: its roles, and the workloads that are trusted for it.
    private func pinned(_ tag: String, _ number: Int = 1) throws -> [Fact] {
        guard let notation = Group("tcf/live/operator") else { throw SampleError(text: "tcf/live/operator") }
        return [
            .roleAssignment(
                RoleAssignment(
                    group: "tcf-\(tag)", notation: nil, role: number == 1 ? "reader" : "contributor",
                    scope: "shop/live/*/_")),
            .federatedTrust(
                FederatedTrust(
                    group: "tcf-\(tag)", notation: notation, issuer: "https://issuer.example",
                    subject: "repo:o/r:ref:x\(number)", audience: "api://a b")),
        ]
    }

    func otherKinds() async {
        await eachKind("is added and removed, however often", "other") { fact, _ in
            expect(try await remove(fact).effect == .alreadyHeld, "removing what never was is not already_held")
            expect(try await add(fact).effect == .applied, "the first add was not applied")
            expect(try await add(fact).effect == .alreadyHeld, "adding what is there is not already_held")
            expect(try await observe().count(fact) == 1, "it is not seen once among all")
            expect(try await observe(groups: ["tcf-other"]).count(fact) == 1, "it is not seen with its group")
            expect(try await remove(fact).effect == .applied, "the remove was not applied")
            expect(try await remove(fact).effect == .alreadyHeld, "removing it again is not already_held")
            expect(try await observe().count(fact) == 0, "it is still seen")
        }
        await eachKind("of one group does not disturb another of it", "two-facts") { fact, other in
            try await add(fact)
            try await add(other)
            try await remove(fact)
            let seen = try await observe(groups: ["tcf-two-facts"])
            expect(seen.count(fact) == 0, "what was removed is still seen")
            expect(seen.count(other) == 1, "the other one went with it")
            try await remove(other)
        }
        await eachKind("whose reply is lost is safe", "lost-fact") { fact, _ in
            for (change, holds) in [(change(.add, fact), true), (change(.remove, fact, before: fact), false)] {
                // The answer never arrives; another node, with another connector, tries again.
                try await apply(change)
                try await renew()
                try await apply(change, attempt: 2)
                let seen = try await observe(groups: ["tcf-lost-fact"])
                expect(
                    seen.count(fact) == (holds ? 1 : 0),
                    "after `\(change.id)` twice it is there \(seen.count(fact)) times")
            }
        }
        await eachKind("is not changed once the call's time is over", "late-fact") { fact, _ in
            let deadline = CallDeadline(Sample.now) { Sample.now }
            _ = await refused("a change after the time of the call", as: [.unreachable]) {
                try await CallDeadline.$current.withValue(deadline) { _ = try await add(fact) }
            }
            expect(try await observe(groups: ["tcf-late-fact"]).count(fact) == 0, "it is there all the same")
        }
    }

    private func eachKind(_ name: String, _ tag: String, _ body: (Fact, Fact) async throws -> Void) async {
        do {
            for (fact, other) in zip(try pinned(tag), try pinned(tag, 2)) {
                await check("a \(fact.kind.rawValue) \(name)", needs: fact.kind) {
                    if abilities.kinds.contains(.group) { try await add(group(tag)) }
                    try await body(fact, other)
                }
            }
        } catch {
            fail("unexpected error: \(error)")
        }
    }

    /// A change of a kind that the target holds.
    func anyChange(_ tag: String) throws -> Change {
        if abilities.kinds.contains(.account) { return change(.add, .account(try person(tag))) }
        return change(.add, try pinned(tag).first { abilities.kinds.contains($0.kind) } ?? group(tag))
    }
}
