import SCIMServer

extension Installation {
    /// Where SCIM clients are made and ended.
    public var scimClients: SCIMClientDesk {
        SCIMClientDesk(database: database, actor: context.actor, now: now, newBytes: Self.randomBytes)
    }

    /// As many as asked for, that nobody can guess.
    public static let randomBytes: @Sendable (Int) -> [UInt8] = { count in
        var generator = SystemRandomNumberGenerator()
        return (0..<count).map { _ in UInt8.random(in: .min ... .max, using: &generator) }
    }
}
