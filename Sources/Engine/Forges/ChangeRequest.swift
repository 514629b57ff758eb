import AccessModel

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

/// Requests that wait to be merged, the oldest first.
public struct OpenRequests: Hashable, Sendable {
    /// Pages of them that are read, so that nobody keeps a server busy by opening more.
    static let pageLimit = 5

    public let requests: [OpenRequest]
    /// Whether these are all. Of more the newest are left out.
    public let isWhole: Bool

    init(_ requests: [OpenRequest], isWhole: Bool) {
        self.requests = requests
        self.isWhole = isWhole
    }
}
