import SCIMServer

extension Installation {
    /// Where SCIM clients are made and ended.
    public var scimClients: SCIMClientDesk {
        SCIMClientDesk(database: database, actor: context.actor, now: now, newBytes: Self.randomBytes)
    }

    /// As many as asked for, that nobody can guess.
    public static let randomBytes: @Sendable (Int) -> [UInt8] = { count in
        var generator = SystemRandomNumberGenerator()
        var bytes: [UInt8] = []
        // Eight at a time: each draw is a call to the system.
        while bytes.count < count {
            let draw: UInt64 = generator.next()
            withUnsafeBytes(of: draw) { bytes += $0 }
        }
        return Array(bytes.prefix(count))
    }
}
