/// How patient a node is with its database server.
public struct PostgreSQLSettings: Hashable, Sendable {
    /// Reads that go on at once, each on a connection of its own; others wait for one of them.
    public var readers = 7
    /// After it an attempt to connect counts as failed.
    public var connectTimeout: Duration = .seconds(10)
    /// How long a server that cannot be reached is tried again before a call fails as `.unavailable`.
    public var patience: Duration = .seconds(10)
    /// The longest that one statement may take; a connection that is silent for longer is given up.
    public var statementTimeout: Duration = .seconds(600)
    /// How long a write waits for the writes of other nodes before it fails as `.busy`.
    public var lockTimeout: Duration = .seconds(60)
    /// How long a transaction may be silent before the server ends it, so that a node that was paused within one
    /// does not keep the others from writing. Less than ``lockTimeout``.
    public var idleTimeout: Duration = .seconds(30)
    /// How often a transaction is begun anew after a conflict with another session.
    public var conflictRetries = 5

    public init() {}
}

extension Duration {
    /// Whole milliseconds, rounded down.
    var milliseconds: Int64 { components.seconds * 1_000 + components.attoseconds / 1_000_000_000_000_000 }
}
