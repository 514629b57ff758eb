import AccessModel
import ConnectorKit

/// Where pull requests are: what is asked of GitHub and GitLab, and no more.
public protocol Forge: Sendable {
    /// What it calls them, for people: `pull request`.
    var noun: String { get }

    /// Characters that a comment or the text of a request may have.
    var textLimit: Int { get }

    /// Where the head of a request stands in the repository that it is to be merged into, wherever it came from.
    func headReference(of number: Int64) -> String

    /// Requests from a branch of the same repository into another, whatever became of them, the newest first.
    func requests(
        from branch: String, into base: String, operation: String
    ) async throws(ConnectorError) -> [ChangeRequest]

    /// Requests that are open into a branch, forks' among them.
    func openRequests(into base: String, operation: String) async throws(ConnectorError) -> OpenRequests

    /// - Throws: `conflict` when there is an open one already.
    func open(
        _ text: RequestText, from branch: String, into base: String, operation: String
    ) async throws(ConnectorError) -> ChangeRequest

    func update(_ request: ChangeRequest, _ text: RequestText, operation: String) async throws(ConnectorError)

    /// Closes it unmerged.
    func withdraw(_ request: ChangeRequest, _ text: RequestText, operation: String) async throws(ConnectorError)

    /// Comments on a request, the oldest first, each with whether whoever asks wrote it.
    ///
    /// - Throws: `targetFailure` for more than are read: among those that were not, there may be one's own.
    func comments(on number: Int64, operation: String) async throws(ConnectorError) -> [ForgeComment]

    func comment(_ text: String, on number: Int64, operation: String) async throws(ConnectorError) -> ForgeComment

    func edit(
        _ comment: ForgeComment, to text: String, on number: Int64, operation: String
    ) async throws(ConnectorError)

    /// Says of a commit what became of a check; a later word of the same name replaces it.
    func setStatus(_ status: CommitStatus, of commit: String, operation: String) async throws(ConnectorError)

    func close() async
}
