import ConnectorKit
import StrictJSON

extension GitLabForge {
    public func comments(on number: Int64, operation: String) async throws(ConnectorError) -> [ForgeComment] {
        guard let own = try await session.send(.get, ["user"], nil, operation)["id"]?.integer else {
            throw .strangeAnswer(operation)
        }
        let query = [HTTPRequest.Field("sort", "asc"), HTTPRequest.Field("order_by", "created_at")]
        let items = try await session.list(notes(number), query, pages: ForgeComment.pageLimit, operation).whole(
            operation)
        // What GitLab notes by itself, `added 1 commit`, is in the same list.
        return try items.filter { $0["system"]?.bool != true }.map { item throws(ConnectorError) -> ForgeComment in
            guard let id = item["id"]?.integer else { throw .strangeAnswer(operation) }
            return ForgeComment(
                id: id, body: item["body"]?.string ?? "", isOwn: item["author"]?["id"]?.integer == own)
        }.sorted { $0.id < $1.id }
    }

    public func comment(
        _ text: String, on number: Int64, operation: String
    ) async throws(ConnectorError) -> ForgeComment {
        let item = try await session.send(.post, notes(number), ["body": .string(text)], operation)
        guard let id = item["id"]?.integer else { throw .strangeAnswer(operation) }
        return ForgeComment(id: id, body: text, isOwn: true)
    }

    public func edit(
        _ comment: ForgeComment, to text: String, on number: Int64, operation: String
    ) async throws(ConnectorError) {
        _ = try await session.send(.put, notes(number) + [String(comment.id)], ["body": .string(text)], operation)
    }

    public func setStatus(
        _ status: CommitStatus, of commit: String, operation: String
    ) async throws(ConnectorError) {
        let state =
            switch status.state {
            case .pending: "pending"
            case .success: "success"
            case .failure: "failed"
            }
        do throws(ConnectorError) {
            _ = try await session.send(
                .post, project + ["statuses", commit],
                ["state": .string(state), "name": .string(status.name), "description": .string(status.description)],
                operation)
        } catch {
            // Releases before 18.3 refuse to say again what they say already.
            guard error.message.contains("Cannot transition status"), error.message.contains("from :\(state)") else {
                throw error
            }
        }
    }

    private func notes(_ number: Int64) -> [String] { project + ["merge_requests", String(number), "notes"] }
}
