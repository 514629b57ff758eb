import ConnectorKit
import StrictJSON

extension GitHubForge {
    public func comments(on number: Int64, operation: String) async throws(ConnectorError) -> [ForgeComment] {
        let own = try await ownLogin(operation)
        let items = try await session.list(issue(number) + ["comments"], [], pages: ForgeComment.pageLimit, operation)
            .whole(operation)
        return try items.map { item throws(ConnectorError) in try Self.comment(item, own, operation) }
            .sorted { $0.id < $1.id }
    }

    public func comment(
        _ text: String, on number: Int64, operation: String
    ) async throws(ConnectorError) -> ForgeComment {
        let item = try await session.send(.post, issue(number) + ["comments"], ["body": .string(text)], operation)
        guard let id = item["id"]?.integer else { throw .strangeAnswer(operation) }
        return ForgeComment(id: id, body: text, isOwn: true)
    }

    public func edit(
        _ comment: ForgeComment, to text: String, on number: Int64, operation: String
    ) async throws(ConnectorError) {
        // A comment's address does not name the request that it stands on.
        _ = try await session.send(
            .patch, repository + ["issues", "comments", String(comment.id)], ["body": .string(text)], operation)
    }

    public func setStatus(
        _ status: CommitStatus, of commit: String, operation: String
    ) async throws(ConnectorError) {
        let state =
            switch status.state {
            case .pending: "pending"
            case .success: "success"
            case .failure: "failure"
            }
        _ = try await session.send(
            .post, repository + ["statuses", commit],
            [
                "state": .string(state), "context": .string(status.name), "description": .string(status.description),
            ], operation)
    }

    private func issue(_ number: Int64) -> [String] { repository + ["issues", String(number)] }

    /// Nil for the token of an app or of a pipeline: it stands for no user, and may not ask who it is.
    private func ownLogin(_ operation: String) async throws(ConnectorError) -> String? {
        do throws(ConnectorError) {
            return try await session.send(.get, ["user"], nil, operation)["login"]?.string
        } catch {
            guard error.code == .forbidden else { throw error }
            return nil
        }
    }

    /// What an app or a pipeline writes, it writes as a bot; nobody else on a repository's requests does as a rule.
    private static func comment(
        _ item: JSONValue, _ own: String?, _ operation: String
    ) throws(ConnectorError) -> ForgeComment {
        guard let id = item["id"]?.integer else { throw .strangeAnswer(operation) }
        let author = item["user"]
        let isOwn =
            if let own { author?["login"]?.string == own } else { author?["type"]?.string == "Bot" }
        return ForgeComment(id: id, body: item["body"]?.string ?? "", isOwn: isOwn)
    }
}
