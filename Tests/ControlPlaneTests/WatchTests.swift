import Persistence
import TestSupport
import Testing

@testable import ControlPlane

@Suite("Watching") struct WatchTests {
    @Test("before the first apply it looks at the time once a second, and not all the time") func idle() async throws {
        let folder = try TemporaryFolder()
        let installation = try await Installation.open(
            StateFolder(database: folder.path("tenure.db")), as: nil, creating: true)
        let begun = ContinuousClock.now
        let watching = Task { try await WorkNode.join(installation).work(Installation.WatchSettings()) { _ in } }
        // Each look is written down.
        var looks: Set<String?> = []
        while looks.count < 4, ContinuousClock.now - begun < .seconds(20) {
            looks.insert(try await installation.database.read { try SettingsStore($0).value(.clock) })
            try await Task.sleep(for: .milliseconds(1))
        }
        watching.cancel()
        _ = await watching.result
        #expect(looks.count == 4)
        #expect(ContinuousClock.now - begun > .seconds(1.5))
        try await installation.close()
    }
}
