/// A comment on a request.
public struct ForgeComment: Hashable, Sendable {
    public let id: Int64
    public let body: String
    /// Whether whoever asks wrote it. Anybody may write anything into one, but not under another's name.
    public let isOwn: Bool

    /// Pages of a request's comments that are read; GitLab takes no more than 5,000 comments, GitHub fewer.
    static let pageLimit = 60
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
