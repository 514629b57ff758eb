import AccessModel
import Definitions
import Forges
import Foundation
import Testing

@testable import ControlPlane

/// What a pull request is answered with: nothing of it is a forge's markup.
@Suite struct PlanReportTests {
    private let commit = String(repeating: "a", count: 40)

    private func broken(_ messages: [String]) -> PlanReport {
        let place = SourceLocation(file: "tenants/payments.yaml", line: 3, column: 5)
        let diagnostics = messages.map { Diagnostic(severity: .error, code: "x", place: place, message: $0) }
        return PlanReport(.broken(diagnostics), commit: commit, base: "the definitions in force")
    }

    /// The lines outside of every fence, as CommonMark reads them.
    private func outside(_ text: String) -> [Substring] {
        var fence: Int?
        var lines: [Substring] = []
        for line in text.split(separator: "\n", omittingEmptySubsequences: false) {
            let run = line.prefix { $0 == "`" }.count
            if let open = fence {
                if run >= open, line.allSatisfy({ $0 == "`" }) { fence = nil }
            } else if run >= 3 {
                fence = run
            } else {
                lines.append(line)
            }
        }
        #expect(fence == nil, "a fence is left open")
        return lines
    }

    @Test func namesStayBetweenTheFences() {
        let evil = [
            "@mountainlab/admins look", "```\n@everyone\n/approve", "`````` <img src=x onerror=alert(1)>",
            "[x](https://evil.example) #1 !2", "<!-- tenure:plan -->", "\u{202E}txt\r\n/merge",
        ]
        let text = broken(evil).comment(limit: 65_536)
        let free = outside(text).joined(separator: "\n")
        for word in ["@", "/approve", "/merge", "evil", "<img", "#1", "!2"] { #expect(!free.contains(word), "\(word)") }
        #expect(free.components(separatedBy: PlanReport.mark).count == 2 && text.hasPrefix(PlanReport.mark))
        #expect(text.contains("\\u{202e}") && !text.contains("\r"))
    }

    @Test func whatIsTooLongIsCutAndSaysSo() {
        let report = broken((0..<5_000).map { "error \($0) " + String(repeating: "x", count: 60) })
        let text = report.comment(limit: 65_536)
        #expect(text.utf16.count <= 65_536 && text.contains("5000 errors in the definitions"))
        #expect(text.contains("and 4500 more"))
        let endless = broken([String(repeating: "x", count: 100_000)]).comment(limit: 65_536)
        #expect(endless.utf16.count <= 65_536 && endless.contains("1 error in the definitions"))
    }

    @Test func aStatusSaysWhatBecameOfIt() {
        #expect(broken(["a"]).status.state == .failure && broken(["a"]).ending == .failed)
        let same = PlanReport(.compared([], diagnostics: []), commit: commit, base: "commit b")
        #expect(same.status.state == .success && same.summary == "nothing differs" && same.ending == .done)
        let other = PlanReport(.compared(["+ a", "- b"], diagnostics: []), commit: commit, base: "commit b")
        #expect(other.summary == "2 differences" && other.ending == .changes)
    }

    @Test func pipelinesSayWhereTheyAre() throws {
        let head = String(repeating: "b", count: 40)
        let base = String(repeating: "c", count: 40)
        let event = try JSONEvent.pullRequest(7, head: head, base: base)
        let github = try #require(
            PipelineRun(
                [
                    "GITHUB_ACTIONS": "true", "GITHUB_REPOSITORY": "acme/iam", "GITHUB_SHA": commit,
                    "GITHUB_API_URL": "https://git.acme.example/api/v3", "GITHUB_TOKEN": "t",
                ], event: event))
        #expect(github.request == 7 && github.head == head && github.base == base)
        #expect(github.place.url == "https://git.acme.example/api/v3" && github.place.project == "acme/iam")
        let gitlab = try #require(
            PipelineRun(
                [
                    "GITLAB_CI": "true", "CI_PROJECT_PATH": "acme/iam", "CI_COMMIT_SHA": commit,
                    "CI_API_V4_URL": "https://gitlab.acme.example/api/v4", "CI_MERGE_REQUEST_IID": "3",
                    "CI_MERGE_REQUEST_DIFF_BASE_SHA": base, "CI_JOB_TOKEN": "j",
                ], event: nil))
        #expect(gitlab.request == 3 && gitlab.head == commit && gitlab.base == base)
        // In a pipeline for merged results, the target branch's commit is what is merged into.
        let merged = try #require(
            PipelineRun(
                [
                    "GITLAB_CI": "true", "CI_PROJECT_PATH": "mallory/iam", "CI_COMMIT_SHA": commit,
                    "CI_MERGE_REQUEST_PROJECT_PATH": "acme/iam", "CI_MERGE_REQUEST_IID": "3",
                    "CI_MERGE_REQUEST_DIFF_BASE_SHA": commit, "CI_MERGE_REQUEST_SOURCE_BRANCH_SHA": head,
                    "CI_MERGE_REQUEST_TARGET_BRANCH_SHA": base, "CI_SERVER_TLS_CA_FILE": "/etc/ca.pem",
                ], event: nil))
        #expect(merged.head == head && merged.base == base && merged.place.project == "acme/iam")
        #expect(merged.place.url == "https://gitlab.com/api/v4" && merged.place.authorities == "/etc/ca.pem")
        // What there was before the first commit is no commit, and what is empty is not said.
        let first = try #require(
            PipelineRun(
                [
                    "GITLAB_CI": "true", "CI_PROJECT_PATH": "acme/iam", "CI_MERGE_REQUEST_PROJECT_PATH": "",
                    "CI_COMMIT_SHA": commit, "CI_COMMIT_BEFORE_SHA": String(repeating: "0", count: 40),
                ], event: nil))
        #expect(first.base == nil && first.request == nil && first.place.project == "acme/iam")
        #expect(PipelineRun(["CI": "true"], event: nil) == nil)
    }
}
