import AccessModel
import Definitions
import Policies
import TestSupport
import Testing

/// What is wrong inside a policy is found when it is read, and shown where it stands.
@Suite struct PolicyCompilationTests {
    @Test func aMisspeltFieldHasItsPlace() {
        let text = """
            policies:
              - name: closed
                on: [request]
                when: group.tenant == "payments" && group.teir == "live"
                deny: no
            """
        #expect(
            PolicyFiles.diagnostics(text).map { String($0.prefix(40)) } == ["bad-expression policies/p.yaml:4:47: err"])
    }

    @Test(arguments: [
        ("when: \"group.tenant == \\\"a\\\" && grup.live\"", 4, 37),
        ("when: 'group.tenant == ''a'' && grup.live'", 4, 37),
        ("when: |\n      group.tenant == \"a\" &&\n      grup.live", 6, 7),
        ("when: >-\n      group.tenant == \"a\"\n      && grup.live", 6, 10),
        ("when: group.tenant == \"a\"\n      && grup.live", 5, 10),
    ])
    func everyStyleOfTextKnowsItsPlaces(line: String, row: Int, column: Int) {
        let text = "policies:\n  - name: closed\n    on: [request]\n    \(line)\n    deny: no\n"
        let found = PolicyFiles.diagnostics(text)
        #expect(found.count == 1)
        #expect(found.first?.hasPrefix("bad-expression policies/p.yaml:\(row):\(column): error: ") == true, "\(found)")
    }

    @Test(arguments: [
        (
            "when: size(subject.email)\n    deny: no", "bad-expression policies/p.yaml:4:11: error: "
        ),
        (
            "when: change.counted\n    deny: no",
            "attribute-unseen policies/p.yaml:4:11: error: `change.counted` means nothing to what this policy is asked "
                + "about; it is known on `change`"
        ),
        (
            "when: group.role == \"contributer\"\n    deny: no",
            "never-true policies/p.yaml:4:22: error: `group.role` is never `contributer`; did you mean `contributor`?"
        ),
        (
            "deny: closed for {group.tennant}",
            "bad-message policies/p.yaml:4:23: error: `group.tennant` is no attribute that a message can show; did you "
                + "mean `group.tenant`?; write `{{` for a brace"
        ),
        (
            "deny: closed for {group.tenant",
            "bad-message policies/p.yaml:4:22: error: this brace is not closed; write `{{` for a brace"
        ),
        (
            "hold: wait",
            "effect-unseen policies/p.yaml:4:11: error: `hold` does nothing where this policy is asked; it belongs on "
                + "`change`"
        ),
        (
            "require_justification: {pattern: \"[A-Z\"}",
            "bad-pattern policies/p.yaml:4:"
        ),
        (
            "risk: 4000", "out-of-range policies/p.yaml:4:11: error: `risk` must be from -1000 to 1000"
        ),
        (
            "risk: request.reason", "bad-expression policies/p.yaml:4:"
        ),
        (
            "require_approval: {from: [payments-live-admin]}",
            "unknown-group policies/p.yaml:4:31: error: there is no group `payments-live-admin`; did you mean "
                + "`payments-live-admins`?; write `approvers`, a group's slug, its path `tenant/tier/role`, or a "
                + "person's address"
        ),
        (
            "require_approval: {from: [approvers, payments-live-admins]}",
            "bad-value policies/p.yaml:4:23: error: `approvers` stands alone; write a second policy for the other people"
        ),
    ])
    func whatCanNeverBeIsAnError(body: String, expected: String) {
        let text = "policies:\n  - name: closed\n    on: [request]\n    \(body)\n"
        let found = PolicyFiles.diagnostics(text)
        #expect(found.count == 1)
        #expect(found.first?.hasPrefix(expected) == true, "\(found)")
        #expect(PolicySet.compile(PolicyFiles.organization(text)).set == nil)
    }

    @Test func anAttributeThatIsSeenInPartIsANote() {
        let text = "policies:\n  - {name: a, on: [request, change], when: \"request.reason == ''\", warn: why}\n"
        let compiled = PolicySet.compile(PolicyFiles.organization(text))
        #expect(compiled.set != nil)
        #expect(compiled.diagnostics.map(\.severity) == [.note])
    }

    @Test func aBuiltInPolicyIsReplacedByNameAndItIsSaid() throws {
        let text = "policies:\n  - {name: mass-removal, on: change, when: change.held, warn: so many}\n"
        let compiled = PolicySet.compile(PolicyFiles.organization(text))
        #expect(
            compiled.diagnostics.map(\.text) == [
                "policies/p.yaml:2:12: warning: this stands in the place of the built-in policy `mass-removal`, which "
                    + "no longer speaks"
            ])
        let set = try #require(compiled.set)
        #expect(set.names.count == PolicySet.builtIn.names.count)
        #expect(set.names.last == Sample.slug("mass-removal"))
    }

    @Test func theBuiltInOnesAreWhole() {
        #expect(
            PolicySet.builtIn.names.map(\.text) == [
                "no-standing-live-write", "admin-never-standing", "no-human-operator", "no-self-approval",
                "role-ceilings", "separation-of-duties", "mass-removal", "last-admin",
            ])
        let compiled = PolicySet.compile(PolicyFiles.world().builder.organization)
        #expect(compiled.diagnostics.filter { $0.severity == .error } == [])
        #expect(compiled.set?.names == PolicySet.builtIn.names)
    }

    @Test func casesThatCannotBeAskedAreSaid() {
        let cases = """
            cases:
              - {name: a, on: request, given: {grop: shop/live/admin}, expect: {verdict: allowed}}
              - {name: b, on: request, given: {subject: {depatment: x}}, expect: {verdict: allowed, by: [nobody]}}
              - {name: c, on: request, given: {request: {duration: long}}, expect: {verdict: allowed}}
            """
        let text = "policies:\n  - {name: a, on: request, warn: b}\n"
        #expect(
            PolicyFiles.diagnostics(text, cases: cases) == [
                "bad-case policies/p.cases.yaml:2:36: warning: there is no attribute `grop`; did you mean `group`?",
                "bad-case policies/p.cases.yaml:3:12: warning: there is no policy `nobody`",
                "bad-case policies/p.cases.yaml:3:46: warning: `subject` has no attribute `depatment`; did you mean "
                    + "`department`?",
                "bad-case policies/p.cases.yaml:4:56: warning: `request.duration` is a length of time such as `2h`, not "
                    + "`long`",
            ])
    }
}
