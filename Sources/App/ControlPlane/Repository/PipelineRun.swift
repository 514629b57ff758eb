import AccessModel
import ConnectorKit
import Forges
import Foundation
import StrictJSON

/// What a pipeline's surroundings say of it: GitHub Actions' and GitLab CI's documented variables.
public struct PipelineRun: Hashable, Sendable {
    public let kind: ForgePlace.Kind
    public let place: ForgePlace
    /// Nil where it does not run for a request.
    public let request: Int64?
    /// The commit that is proposed, and what its status is said of.
    public let head: String
    /// What it is to be merged into; nil where that is not said.
    public let base: String?

    /// - Parameter event: What `GITHUB_EVENT_PATH` leads to.
    /// - Returns: Nil outside of both.
    public init?(_ environment: [String: String], event: JSONValue?) {
        if environment["GITHUB_ACTIONS"] == "true" {
            self.init(github: environment, event)
        } else if environment["GITLAB_CI"] == "true" {
            self.init(gitlab: environment)
        } else {
            return nil
        }
    }

    private init?(github environment: [String: String], _ event: JSONValue?) {
        guard let project = environment["GITHUB_REPOSITORY"], ForgePlace.isPath(project),
            let commit = environment["GITHUB_SHA"], GitCommit.isID(commit)
        else { return nil }
        kind = .github
        place = ForgePlace(
            kind: .github, url: environment["GITHUB_API_URL"] ?? ForgePlace.Kind.github.standardURL, project: project)
        // For a request `GITHUB_SHA` is a merge that nobody sees; the event names the commit that was pushed.
        let proposed = event?["pull_request"]
        request = proposed?["number"]?.integer
        let named = proposed?["head"]?["sha"]?.string
        head = named.flatMap { GitCommit.isID($0) ? $0 : nil } ?? commit
        let target = proposed?["base"]?["sha"]?.string ?? event?["before"]?.string
        base = target.flatMap { GitCommit.isID($0) ? $0 : nil }
    }

    private init?(gitlab environment: [String: String]) {
        let own = environment["CI_MERGE_REQUEST_PROJECT_PATH"] ?? environment["CI_PROJECT_PATH"]
        guard let project = own, ForgePlace.isPath(project), let commit = environment["CI_COMMIT_SHA"],
            GitCommit.isID(commit)
        else { return nil }
        kind = .gitlab
        place = ForgePlace(
            kind: .gitlab, url: environment["CI_API_V4_URL"] ?? ForgePlace.Kind.gitlab.standardURL, project: project)
        request = environment["CI_MERGE_REQUEST_IID"].flatMap { Int64($0) }
        // In a pipeline for merged results the source branch's commit is another than the one that is checked out.
        let source = environment["CI_MERGE_REQUEST_SOURCE_BRANCH_SHA"] ?? ""
        head = GitCommit.isID(source) ? source : commit
        let target = environment["CI_MERGE_REQUEST_DIFF_BASE_SHA"] ?? environment["CI_COMMIT_BEFORE_SHA"]
        base = target.flatMap { GitCommit.isID($0) ? $0 : nil }
    }

    /// The job's own token; GitLab's may not write notes, so one is given by hand there.
    public func token(_ environment: [String: String]) -> SecretText? {
        let names = kind == .github ? ["TENURE_FORGE_TOKEN", "GITHUB_TOKEN"] : ["TENURE_FORGE_TOKEN"]
        return names.lazy.compactMap { environment[$0] }.first { !$0.isEmpty }.map { SecretText($0) }
    }

    /// Puts a report where people look: one comment on the request, and a status of its commit.
    public func post(_ report: PlanReport, with token: SecretText) async throws(ConnectorError) {
        let client = try place.connect(token: token) {
            Instant(milliseconds: Int64(Date().timeIntervalSince1970 * 1_000))
        }
        do throws(ConnectorError) {
            try await client.post(report, on: request, of: head)
        } catch {
            await client.close()
            throw error
        }
        await client.close()
    }
}

extension Forge {
    /// One comment, found again by its mark under the own name, and one status.
    ///
    /// - Parameter request: Nil where there is only a commit.
    func post(_ report: PlanReport, on request: Int64?, of head: String) async throws(ConnectorError) {
        if let request {
            let operation = "answer \(noun) \(request)"
            let text = report.comment(limit: textLimit)
            let comments = try await self.comments(on: request, operation: operation)
            if let comment = comments.first(where: { $0.isOwn && $0.body.hasPrefix(PlanReport.mark) }) {
                if comment.body != text { try await edit(comment, to: text, on: request, operation: operation) }
            } else {
                _ = try await self.comment(text, on: request, operation: operation)
            }
        }
        try await setStatus(report.status, of: head, operation: "say the status of \(head.prefix(10))")
    }
}
