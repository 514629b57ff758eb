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
        let environment = environment.filter { !$0.value.isEmpty }
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
        head = Self.commit(proposed?["head"]?["sha"]?.string) ?? commit
        base = Self.commit(proposed?["base"]?["sha"]?.string ?? event?["before"]?.string)
    }

    private init?(gitlab environment: [String: String]) {
        let own = environment["CI_MERGE_REQUEST_PROJECT_PATH"] ?? environment["CI_PROJECT_PATH"]
        guard let project = own, ForgePlace.isPath(project), let commit = environment["CI_COMMIT_SHA"],
            GitCommit.isID(commit)
        else { return nil }
        kind = .gitlab
        place = ForgePlace(
            kind: .gitlab, url: environment["CI_API_V4_URL"] ?? ForgePlace.Kind.gitlab.standardURL, project: project,
            authorities: environment["CI_SERVER_TLS_CA_FILE"])
        request = environment["CI_MERGE_REQUEST_IID"].flatMap { Int64($0) }
        // In a pipeline for merged results what is checked out is a merge that nobody sees, of the source branch's commit
        // into the target branch's; elsewhere both variables are empty.
        head = Self.commit(environment["CI_MERGE_REQUEST_SOURCE_BRANCH_SHA"]) ?? commit
        base =
            Self.commit(environment["CI_MERGE_REQUEST_TARGET_BRANCH_SHA"])
            ?? Self.commit(environment["CI_MERGE_REQUEST_DIFF_BASE_SHA"])
            ?? Self.commit(environment["CI_COMMIT_BEFORE_SHA"])
    }

    /// Nil for what names no commit; both forges write noughts where there was none before.
    private static func commit(_ text: String?) -> String? {
        text.flatMap { GitCommit.isID($0) && $0.contains { $0 != "0" } ? $0 : nil }
    }

    /// Variables that may hold a token, the first first. A GitLab job's own may not write notes, so one is given by hand
    /// there.
    private var tokenNames: [String] {
        kind == .github ? ["TENURE_FORGE_TOKEN", "GITHUB_TOKEN"] : ["TENURE_FORGE_TOKEN"]
    }

    /// Puts a report where people look: one comment on the request, and a status of its commit.
    ///
    /// - Throws: ``InstallationError`` without a token, or with one that the forge does not let do that;
    ///   `ConnectorError` for anything else that the forge says.
    public func post(_ report: PlanReport, _ environment: [String: String]) async throws {
        let operation = "say it at `\(place.project)`"
        let names = tokenNames.map { "`\($0)`" }.joined(separator: " or ")
        guard let name = tokenNames.first(where: { environment[$0]?.isEmpty == false }), let token = environment[name]
        else {
            throw InstallationError(
                code: .usage, operation: operation,
                message: "no token is set; give one in \(names), or --quiet to write nothing there")
        }
        do {
            try await post(report, with: SecretText(token))
        } catch {
            guard let why = refusal(of: "the token in `\(name)`", error) else { throw error }
            throw InstallationError(code: .usage, operation: operation, message: "\(why); \(needs)")
        }
    }

    /// What is amiss with a token; nil where something else is.
    private func refusal(of token: String, _ error: any Error) -> String? {
        guard let error = error as? ConnectorError else { return nil }
        return switch error.code {
        case .unauthorized, .forbidden: "\(token) is refused: \(error.message)"
        // A forge does not say of what a token may not see that it is there.
        case .configuration: "\(error.message): it is not there, or \(token) may not see it"
        default: nil
        }
    }

    /// What a token has to be able to do.
    private var needs: String {
        switch kind {
        case .github: "it needs to write pull requests and statuses (`permissions` of the job)"
        case .gitlab: "it needs the scope `api` and the role Developer"
        }
    }

    private func post(_ report: PlanReport, with token: SecretText) async throws(ConnectorError) {
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
