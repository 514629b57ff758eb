import AccessModel
import ConnectorKit
import StrictJSON

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

    /// Requests that are open into a branch, forks' among them, the oldest first; at most ``OpenRequest/limit``.
    func openRequests(into base: String, operation: String) async throws(ConnectorError) -> [OpenRequest]

    /// - Throws: `conflict` when there is an open one already.
    func open(
        _ text: RequestText, from branch: String, into base: String, operation: String
    ) async throws(ConnectorError) -> ChangeRequest

    func update(_ request: ChangeRequest, _ text: RequestText, operation: String) async throws(ConnectorError)

    /// Closes it unmerged.
    func withdraw(_ request: ChangeRequest, _ text: RequestText, operation: String) async throws(ConnectorError)

    /// Comments on a request, the oldest first, each with whether whoever asks wrote it.
    func comments(on number: Int64, operation: String) async throws(ConnectorError) -> [ForgeComment]

    func comment(_ text: String, on number: Int64, operation: String) async throws(ConnectorError) -> ForgeComment

    func edit(
        _ comment: ForgeComment, to text: String, on number: Int64, operation: String
    ) async throws(ConnectorError)

    /// Says of a commit what became of a check; a later word of the same name replaces it.
    func setStatus(_ status: CommitStatus, of commit: String, operation: String) async throws(ConnectorError)

    func close() async
}

/// A title and what stands below it, in Markdown.
public struct RequestText: Hashable, Sendable {
    public let title: String
    public let body: String

    public init(title: String, body: String) {
        self.title = title
        self.body = body
    }
}

/// A pull request of GitHub, a merge request of GitLab.
public struct ChangeRequest: Hashable, Sendable {
    public enum State: Hashable, Sendable {
        case open
        case merged
        /// Unmerged; nil where the forge does not say when.
        case closed(Instant?)
    }

    public let number: Int64
    /// For people.
    public let url: String
    public let state: State
    public let text: RequestText

    /// Written below a request that Tenure itself closed, since nothing was left to change.
    public static let withdrawnMark = "<!-- tenure: withdrawn -->"

    public var isWithdrawn: Bool { text.body.contains(Self.withdrawnMark) }
}

/// A request that waits to be merged.
public struct OpenRequest: Hashable, Sendable {
    /// So many are looked at, so that nobody keeps a server busy by opening more.
    public static let limit = 500

    public let number: Int64
    /// The commit that it stands at.
    public let head: String

    /// - Returns: Nil for a head that is no commit's id.
    init?(number: Int64?, head: String?) {
        guard let number, number > 0, let head, GitCommit.isID(head) else { return nil }
        self.number = number
        self.head = head
    }
}

/// A comment on a request.
public struct ForgeComment: Hashable, Sendable {
    public let id: Int64
    public let body: String
    /// Whether whoever asks wrote it. Anybody may write anything into one, but not under another's name.
    public let isOwn: Bool
}

/// What became of a check of one commit.
public struct CommitStatus: Hashable, Sendable {
    public enum State: Hashable, Sendable {
        case pending, success, failure
    }

    /// GitHub takes 140 characters, GitLab 255.
    public static let descriptionLimit = 140

    public let name: String
    public let state: State
    /// One line; cut where it is longer than a forge takes.
    public let description: String

    public init(name: String, state: State, description: String) {
        self.name = name
        self.state = state
        self.description =
            description.count <= Self.descriptionLimit
            ? description : description.prefix(Self.descriptionLimit - 1) + "…"
    }
}

extension ConnectorError {
    static func strangeAnswer(_ operation: String) -> ConnectorError {
        ConnectorError(
            code: .targetFailure, operation: operation, message: "the forge's answer is not what it should be")
    }
}

extension JSONValue {
    /// Nil for what is not JSON.
    static func parsed(_ bytes: [UInt8]) -> JSONValue? {
        do throws(JSONError) {
            return try JSONParser.parse(bytes)
        } catch {
            return nil
        }
    }
}
