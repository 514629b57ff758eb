import AccessModel

/// Secrets that the database has to keep, sealed: a copy of it shows none of them.
public struct SecretStore {
    private static let prefix = "secret."

    private let session: any SQLSession
    private let keys: DataKeyRing

    public init(_ session: any SQLSession, _ keys: DataKeyRing) {
        self.session = session
        self.keys = keys
    }

    /// Nil where there is none of the name.
    public func secret(_ name: String) throws -> SecretText? {
        guard let text = try SettingsStore(session).value(Self.setting(name)) else { return nil }
        return try keys.open(DataKeyRing.Sealed(text: text), as: name)
    }

    /// Whether there is one, whatever it was sealed by.
    public static func holds(_ name: String, in session: any SQLSession) throws -> Bool {
        try SettingsStore(session).value(setting(name)).map { _ in true } ?? false
    }

    public func set(_ name: String, to secret: SecretText) throws {
        try SettingsStore(session).set(Self.setting(name), to: try keys.seal(secret, as: name).text)
    }

    public func remove(_ name: String) throws { try SettingsStore(session).remove(Self.setting(name)) }

    /// Seals anew what was sealed by an earlier key, and returns how many it were. After that the earlier keys are needed
    /// no more.
    @discardableResult
    public func reseal() throws -> Int {
        let rows = try session.query(
            "SELECT name, value FROM settings WHERE name >= $1 AND name < $2 ORDER BY name",
            [.text(Self.prefix), .text("secret/")])
        var count = 0
        for row in rows {
            let sealed = DataKeyRing.Sealed(text: try row.text(1))
            guard !keys.isCurrent(sealed) else { continue }
            let name = String(try row.text(0).dropFirst(Self.prefix.count))
            try set(name, to: try keys.open(sealed, as: name))
            count += 1
        }
        return count
    }

    private static func setting(_ name: String) -> SettingsStore.Name { SettingsStore.Name(prefix + name) }
}
