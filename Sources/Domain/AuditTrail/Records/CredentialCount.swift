/// Keys, passwords and secrets that were seen in a target, and how many of them are older than they may get.
public struct CredentialCount: Hashable, Sendable {
    public let all: Int
    public let stale: Int

    public init(all: Int, stale: Int) {
        self.all = all
        self.stale = stale
    }
}
