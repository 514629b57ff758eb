import Persistence

/// One setting of an embedded state, looked at and changed behind the command's back.
public struct StoredSetting: Sendable {
    private let path: String
    private let name: SettingsStore.Name

    public init(_ name: String, in path: String) {
        self.path = path
        self.name = SettingsStore.Name(name)
    }

    public func read() async throws -> String? {
        let database = try await SQLiteDatabase.open(path)
        let value = try await database.read { [name] in try SettingsStore($0).value(name) }
        await database.close()
        return value
    }

    public func write(_ value: String) async throws {
        let database = try await SQLiteDatabase.open(path)
        try await database.write { [name] in try SettingsStore($0).set(name, to: value) }
        await database.close()
    }
}
