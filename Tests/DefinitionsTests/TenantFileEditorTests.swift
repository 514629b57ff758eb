import AccessModel
import Definitions
import Testing

/// Workloads written into tenants' files: what was there stays as it was.
@Suite struct TenantFileEditorTests {
    private static let head = """
        # The payments team
        name: payments   # as in HR
        sectors: [ecommerce]
        members: {admins: [marta@mountainlab.io]}

        """

    private func draft(_ proof: WorkloadDraft.Proof? = nil) throws -> WorkloadDraft {
        WorkloadDraft(
            tier: try #require(Slug("live")), name: try #require(Slug("report")),
            proof: proof
                ?? .tokens(
                    issuer: "https://token.actions.githubusercontent.com",
                    subject: "repo:mountainlab/report:environment:live", audience: "api://tenure"),
            owner: try #require(EmailAddress("javi@mountainlab.io")), until: "2027-03-31")
    }

    private func edited(_ text: String, _ proof: WorkloadDraft.Proof? = nil) throws -> String {
        var editor = try TenantFileEditor(DefinitionFile(path: "tenants/payments.yaml", text: text))
        try editor.add(try draft(proof))
        return String(decoding: editor.bytes, as: UTF8.self)
    }

    private func item(_ indent: Int) -> String {
        let pad = String(repeating: " ", count: indent)
        return """
            \(pad)- name: report
            \(pad)  issuer: https://token.actions.githubusercontent.com
            \(pad)  subject: repo:mountainlab/report:environment:live
            \(pad)  audience: api://tenure
            \(pad)  owner: javi@mountainlab.io
            \(pad)  until: 2027-03-31

            """
    }

    @Test func theFirstWorkload() throws {
        #expect(try edited(Self.head) == Self.head + "\nworkload_identity:\n  live:\n" + item(4))
        #expect(
            try edited(Self.head, .secret(timeToLive: "30d")).hasSuffix(
                "    - name: report\n      secret: {ttl: 30d}\n      owner: javi@mountainlab.io\n      until: 2027-03-31\n"
            ))
    }

    @Test func anotherTier() throws {
        let before =
            Self.head
            + "workload_identity:\n    sandbox:\n        issuer: https://a.example   # why\n        subject: b\n        audience: c\n"
        let after = "\n# The rest\ncompliance: pci-dss\n"
        #expect(try edited(before + after) == before + "    live:\n" + item(6) + after)
    }

    @Test(arguments: [0, 2])
    func intoAList(_ dash: Int) throws {
        let pad = String(repeating: " ", count: 2 + dash)
        let before =
            Self.head
            + "workload_identity:\n  live:\n\(pad)- name: deploy   # the runner\n\(pad)  issuer: https://a.example\n"
            + "\(pad)  subject: b\n\(pad)  audience: c\n"
        #expect(try edited(before + "\n# end\n") == before + item(2 + dash) + "\n# end\n")
    }

    @Test func theOnlyOneBecomesTheFirstOfAList() throws {
        let named =
            "workload_identity:\n  live:\n    name: deploy   # the runner\n    # its issuer\n    issuer: https://a.example\n    subject: b\n    audience: c\n"
        #expect(
            try edited(Self.head + named) == Self.head
                + "workload_identity:\n  live:\n    - name: deploy   # the runner\n      # its issuer\n      issuer: https://a.example\n      subject: b\n      audience: c\n"
                + item(4))
        let nameless = "workload_identity:\n  live:\n    issuer: https://a.example\n    subject: b\n    audience: c\n"
        #expect(
            try edited(Self.head + nameless) == Self.head
                + "workload_identity:\n  live:\n    - name: operator\n      issuer: https://a.example\n      subject: b\n      audience: c\n"
                + item(4))
    }

    @Test func lineEndsStay() throws {
        let text =
            (Self.head
            + "workload_identity:\n  live:\n    - {name: a, issuer: 'https://a.example', subject: b, audience: c}\n")
            .split(separator: "\n", omittingEmptySubsequences: false).joined(separator: "\r\n")
        let result = try edited(text)
        #expect(result.hasPrefix(text))
        #expect(result.utf8.count { $0 == UInt8(ascii: "\n") } == result.utf8.count { $0 == UInt8(ascii: "\r") })
    }

    @Test func flowStyleIsRefusedWithItsPlace() throws {
        let error = #expect(throws: BrokenFile.self) {
            try edited(
                Self.head + "workload_identity:\n  live: {issuer: 'https://a.example', subject: b, audience: c}\n")
        }
        #expect(error?.problems.first?.place.description == "tenants/payments.yaml:6:9")
        #expect(error?.problems.first?.code == "flow-style")
    }

    @Test func theEndIsSetOrMoved() throws {
        let text =
            Self.head
            + "workload_identity:\n  live:\n    - name: deploy\n      until: 2026-12-31   # review\n      issuer: https://a.example\n    - name: report\n      issuer: https://b.example\n  sandbox:\n    issuer: https://c.example\n"
        func set(_ name: String, _ tier: String) throws -> String {
            var editor = try TenantFileEditor(DefinitionFile(path: "tenants/payments.yaml", text: text))
            try editor.set(until: "2027-06-30", of: try #require(Slug(name)), in: try #require(Slug(tier)))
            return String(decoding: editor.bytes, as: UTF8.self)
        }
        #expect(try set("deploy", "live").contains("      until: 2027-06-30 # review\n"))
        #expect(
            try set("report", "live").contains("      issuer: https://b.example\n      until: 2027-06-30\n  sandbox:"))
        #expect(try set("operator", "sandbox").hasSuffix("    issuer: https://c.example\n    until: 2027-06-30\n"))
        #expect(throws: BrokenFile.self) { try set("nobody", "live") }
    }

    @Test func differencesAreShownLineByLine() {
        let difference = LineDifference(from: "a\nb\nc\nd\ne\nf\ng\nh\n", to: "a\nb\nc\nX\ne\nf\ng\nh\ni\n", around: 1)
        #expect(difference.lines == ["  c", "- d", "+ X", "  e", "...", "  h", "+ i"])
        #expect(LineDifference(from: "a\n", to: "a\n").lines.isEmpty)
    }
}
