import Foundation
import StrictJSON
import TestSupport
import Testing

/// `tenure ci` as a process, with the variables that GitHub Actions and GitLab CI document, and doubles of their APIs.
@Suite(.serialized) struct PipelineTests {
    private static let kinds = [ForgeDouble.Kind.github, .gitlab]
    private static let noughts = String(repeating: "0", count: 40)

    /// A checkout of a branch that is proposed, and what the runner says of it.
    private struct Runner {
        var rehearsal: Rehearsal
        let forge: ForgeDouble
        let head: String
        let base: String

        /// Elena is to read payments.
        init(_ kind: ForgeDouble.Kind) async throws {
            let office = try await ForgeOffice(kind)
            forge = office.forge
            rehearsal = office.rehearsal
            try office.branch("elena")
            try office.edit("elena") {
                $0.replacing("- carmen@mountainlab.io", with: "- carmen@mountainlab.io\n    - elena@mountainlab.io")
            }
            forge.openByHand(from: "elena")
            let git = try #require(TestSystems.find("git"))
            let clone = try await ProgramRun.run(
                git, ["clone", "--quiet", "--branch", "elena", forge.repository.url, rehearsal.path("checkout")])
            #expect(clone.status == 0, "\(clone.output)")
            head = try forge.repository.head(of: "elena")
            base = try forge.repository.head(of: "main")
            try rehearsal.write(
                "event.json",
                #"{"pull_request":{"number":1,"head":{"sha":"\#(head)"},"base":{"sha":"\#(base)"}}}"#)
            rehearsal.environment.merge(kind == .github ? github : gitlab) { _, new in new }
        }

        private var github: [String: String] {
            [
                "CI": "true", "GITHUB_ACTIONS": "true", "GITHUB_EVENT_NAME": "pull_request",
                "GITHUB_REPOSITORY": "mountainlab/clusters", "GITHUB_SHA": head, "GITHUB_REF": "refs/pull/1/merge",
                "GITHUB_API_URL": forge.url, "GITHUB_EVENT_PATH": rehearsal.path("event.json"),
                "GITHUB_TOKEN": ForgeDouble.token,
            ]
        }

        /// Of a merge request's pipeline, as GitLab's reference of predefined variables has them: what is only there for
        /// merged results is empty.
        private var gitlab: [String: String] {
            [
                "CI": "true", "GITLAB_CI": "true", "CI_PIPELINE_SOURCE": "merge_request_event",
                "CI_API_V4_URL": forge.url, "CI_PROJECT_ID": "1", "CI_PROJECT_PATH": "mallory/clusters",
                "CI_COMMIT_SHA": head, "CI_COMMIT_BEFORE_SHA": PipelineTests.noughts,
                "CI_MERGE_REQUEST_EVENT_TYPE": "detached", "CI_MERGE_REQUEST_ID": "4711",
                "CI_MERGE_REQUEST_IID": "1", "CI_MERGE_REQUEST_PROJECT_ID": "1",
                "CI_MERGE_REQUEST_PROJECT_PATH": "mountainlab/clusters", "CI_MERGE_REQUEST_DIFF_BASE_SHA": base,
                "CI_MERGE_REQUEST_SOURCE_BRANCH_SHA": "", "CI_MERGE_REQUEST_TARGET_BRANCH_SHA": "",
                "CI_JOB_TOKEN": "a-jobs-own-token", "TENURE_FORGE_TOKEN": ForgeDouble.token,
            ]
        }

        /// The name that the forge gives a status.
        func status(_ isGood: Bool) -> String { isGood ? "success" : forge.kind == .github ? "failure" : "failed" }

        func run(
            _ arguments: String..., environment: [String: String] = [:]
        ) async throws -> TenureCommand.Outcome {
            try await rehearsal.run(
                ["ci", "checkout"] + arguments, environment: ["TENURE_STATE": ""].merging(environment) { $1 })
        }
    }

    @Test(.timeLimit(.minutes(5)), arguments: kinds)
    func aPipelineSaysTheSameWithoutAServer(_ kind: ForgeDouble.Kind) async throws {
        let runner = try await Runner(kind)
        if kind == .github { runner.forge.becomeBot() }
        // With a state it is the plan.
        let state = runner.rehearsal.path("state/tenure.db")
        let planned = try await runner.run("--state", state)
        #expect(planned.status == 0 && planned.output.contains("e-0019"), "\(planned.everything)")
        let comment = try #require(runner.forge.comments.first)
        #expect(comment.author == ForgeDouble.ownName && comment.request == 1 && comment.body.contains("e-0019"))
        let status = try #require(runner.forge.statuses.last)
        #expect(status.name == "tenure/plan" && status.commit == runner.head && status.state == "success")
        #expect(try await runner.run("--state", state, "--detailed-exitcode").status == 2)
        // The same words are not written again.
        #expect(runner.forge.comments.map(\.edits) == [0])
        // Without one it is what differs; the comment is the same one.
        let compared = try await runner.run("--detailed-exitcode")
        #expect(compared.status == 2, "\(compared.everything)")
        #expect(compared.output.contains("+ payments readers elena@mountainlab.io"), "\(compared.output)")
        #expect(runner.forge.comments.map(\.edits) == [1])
        #expect(runner.forge.comments.last?.body.contains("+ payments readers elena@mountainlab.io") == true)
        // What has errors fails.
        try runner.rehearsal.edit("checkout/tenants/payments.yaml") { $0 + "nonsense: true\n" }
        let broken = try await runner.run()
        #expect(broken.status == 1 && runner.forge.statuses.last?.state == runner.status(false))
        #expect(runner.forge.comments.map(\.edits) == [2])
        #expect(!broken.everything.contains(ForgeDouble.token))
    }

    @Test(.timeLimit(.minutes(5)), arguments: kinds)
    func whatAGuardHoldsEndsWithThree(_ kind: ForgeDouble.Kind) async throws {
        let runner = try await Runner(kind)
        // More than five in a hundred: a guard keeps that for a second person.
        try runner.rehearsal.edit("checkout/tenants/storefront.yaml") { text in
            var text = text
            for name in ["sofia", "bruno", "chloe", "viktor", "ines", "hugo"] {
                text = text.replacing("    - \(name)@mountainlab.io\n", with: "")
            }
            return text
        }
        let held = try await runner.run("--state", runner.rehearsal.path("state/tenure.db"))
        #expect(held.status == 3, "\(held.everything)")
        #expect(runner.forge.comments.count == 1 && runner.forge.statuses.last?.description.contains("held") == true)
    }

    @Test(.timeLimit(.minutes(5)), arguments: kinds)
    func aTokenThatIsRefusedOrNotThereIsAnError(_ kind: ForgeDouble.Kind) async throws {
        let runner = try await Runner(kind)
        let variable = kind == .github ? "GITHUB_TOKEN" : "TENURE_FORGE_TOKEN"
        let wrong = try await runner.run(environment: [variable: "canary-wrong-token"])
        #expect(wrong.status == 1, "\(wrong.everything)")
        #expect(wrong.errors.contains("the token in `\(variable)` is refused: HTTP 401"), "\(wrong.errors)")
        #expect(!wrong.everything.contains("canary-wrong-token"))
        // The report itself is there all the same.
        #expect(wrong.output.contains("+ payments readers elena@mountainlab.io"))
        let none = try await runner.run(environment: [variable: ""])
        #expect(none.status == 1 && none.errors.contains("no token is set"), "\(none.everything)")
        #expect(none.errors.contains("`TENURE_FORGE_TOKEN`") && none.errors.contains("--quiet"))
        #expect(runner.forge.comments.isEmpty && runner.forge.statuses.isEmpty)
        // Nothing is to be said there, so nobody is asked for a token.
        #expect(try await runner.run("--quiet", environment: [variable: ""]).status == 0)
        // A project that a token may not see is not there for it.
        let names = ["GITHUB_REPOSITORY", "CI_MERGE_REQUEST_PROJECT_PATH"].map { ($0, "mountainlab/hidden") }
        let hidden = try await runner.run(environment: Dictionary(uniqueKeysWithValues: names))
        #expect(hidden.status == 1 && hidden.errors.contains("may not see it"), "\(hidden.everything)")
    }

    @Test(.timeLimit(.minutes(5)), arguments: kinds)
    func withoutARequestOnlyTheCommitIsToldOf(_ kind: ForgeDouble.Kind) async throws {
        let runner = try await Runner(kind)
        try runner.rehearsal.write("push.json", #"{"before":"\#(Self.noughts)"}"#)
        let pushed =
            kind == .github
            ? ["GITHUB_EVENT_NAME": "push", "GITHUB_EVENT_PATH": runner.rehearsal.path("push.json")]
            : [
                "CI_PIPELINE_SOURCE": "push", "CI_PROJECT_PATH": "mountainlab/clusters",
                "CI_MERGE_REQUEST_PROJECT_PATH": "", "CI_MERGE_REQUEST_IID": "", "CI_MERGE_REQUEST_DIFF_BASE_SHA": "",
            ]
        // The first of a branch: nothing is known that it comes from.
        let first = try await runner.run(environment: pushed)
        #expect(first.status == 0, "\(first.everything)")
        #expect(runner.forge.comments.isEmpty && runner.forge.statuses.map(\.commit) == [runner.head])
    }

    /// What is checked out is a merge into the target branch, and what came to that since is not this request's doing.
    @Test(.timeLimit(.minutes(5))) func mergedResultsAreComparedWithTheTargetBranch() async throws {
        let runner = try await Runner(.gitlab)
        try runner.forge.repository.push(to: "main") { work in
            let path = work + "/tenants/insights.yaml"
            let old = try String(contentsOfFile: path, encoding: .utf8)
            try Data(old.replacing("    - leon@mountainlab.io\n", with: "").utf8).write(to: URL(filePath: path))
        }
        let git = try #require(TestSystems.find("git"))
        let own = [
            "-C", runner.rehearsal.path("checkout"), "-c", "user.name=T", "-c", "user.email=t@mountainlab.io", "-c",
            "commit.gpgsign=false",
        ]
        for arguments in [["fetch", "--quiet", "origin", "main"], ["merge", "--quiet", "--no-edit", "FETCH_HEAD"]] {
            #expect(try await ProgramRun.run(git, own + arguments).status == 0)
        }
        let merged = try await ProgramRun.run(git, own + ["rev-parse", "HEAD"]).output
        let outcome = try await runner.run(environment: [
            "CI_MERGE_REQUEST_EVENT_TYPE": "merged_result",
            "CI_COMMIT_SHA": merged.trimmingCharacters(in: .whitespacesAndNewlines),
            "CI_MERGE_REQUEST_SOURCE_BRANCH_SHA": runner.head,
            "CI_MERGE_REQUEST_TARGET_BRANCH_SHA": try runner.forge.repository.head(of: "main"),
        ])
        #expect(outcome.status == 0 && outcome.output.contains("elena"), "\(outcome.everything)")
        #expect(!outcome.output.contains("leon"), "\(outcome.output)")
        #expect(runner.forge.statuses.map(\.commit) == [runner.head])
    }
}
