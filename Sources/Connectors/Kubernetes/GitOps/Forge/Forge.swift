import AccessModel
import ConnectorKit

/// Where pull requests are: what is asked of GitHub and GitLab, and no more.
protocol Forge: Sendable {
    /// What it calls them, for people: `pull request`.
    var noun: String { get }

    /// Requests from a branch into another, whatever became of them, the newest first.
    func requests(
        from branch: String, into base: String, operation: String
    ) async throws(ConnectorError) -> [ChangeRequest]

    /// - Throws: `conflict` when there is an open one already.
    func open(
        _ text: RequestText, from branch: String, into base: String, operation: String
    ) async throws(ConnectorError) -> ChangeRequest

    func update(_ request: ChangeRequest, _ text: RequestText, operation: String) async throws(ConnectorError)

    /// Closes it unmerged.
    func withdraw(_ request: ChangeRequest, _ text: RequestText, operation: String) async throws(ConnectorError)

    func close() async
}

/// A title and what stands below it, in Markdown.
struct RequestText: Hashable, Sendable {
    let title: String
    let body: String
}

/// A pull request of GitHub, a merge request of GitLab.
struct ChangeRequest: Hashable, Sendable {
    enum State: Hashable, Sendable {
        case open
        case merged
        /// Unmerged; nil where the forge does not say when.
        case closed(Instant?)
    }

    let number: Int64
    /// For people.
    let url: String
    let state: State
    let text: RequestText

    /// Written below a request that Tenure itself closed, since nothing was left to change.
    static let withdrawnMark = "<!-- tenure: withdrawn -->"

    var isWithdrawn: Bool { text.body.contains(Self.withdrawnMark) }
}
