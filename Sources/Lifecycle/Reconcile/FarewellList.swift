import Persistence

/// The leavers' cases that a residual check is owed to. It is kept on disk, so that a check is not lost when the
/// process dies between the last removal and the question what is left.
struct FarewellList {
    private static let name = SettingsStore.Name("farewells.due")

    private let session: any SQLSession

    init(_ session: any SQLSession) { self.session = session }

    func caseIDs() throws -> [String] {
        try SettingsStore(session).value(Self.name)?.split(separator: " ").map(String.init) ?? []
    }

    func set(_ ids: [String]) throws {
        if ids.isEmpty {
            try SettingsStore(session).remove(Self.name)
        } else {
            try SettingsStore(session).set(Self.name, to: ids.joined(separator: " "))
        }
    }
}
