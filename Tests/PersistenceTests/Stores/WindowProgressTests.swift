import AccessModel
import TestSupport
import Testing

@testable import Persistence

/// Windows that several move on at once.
@Suite struct WindowProgressTests {
    private static func at(_ second: Int64) -> Instant { Instant(milliseconds: second * 1_000) }

    @Test(arguments: DatabaseDriver.all) func whoReadThemBeforeTakesNothingBack(_ driver: DatabaseDriver) async throws {
        try await driver.withSchema { database in
            let window = AccessWindow(
                id: "win-1", request: nil, person: Sample.id("e-1"), group: Sample.group("payments/live/contributor"),
                reason: "x", approvedBy: [], askedAt: Self.at(0), recordedAt: Self.at(0), from: Self.at(0),
                until: Self.at(3_600))
            var opening = window
            opening.state = .opening
            var open = opening
            open.state = .open
            open.openedAt = Self.at(5)
            let (stale, seen) = (opening, open)
            let result = try await database.write { session -> [AccessWindow?] in
                let store = WindowStore(session)
                try store.insert(window)
                try store.advance([stale])
                try store.advance([seen])
                try store.advance([stale])
                let kept = try store.window("win-1")
                _ = try store.end(root: window.root, at: Self.at(10))
                try store.advance([seen])
                return [kept, try store.window("win-1")]
            }
            #expect(result.first??.state == .open && result.first??.openedAt == Self.at(5))
            #expect(result.last??.state == .closing && result.last??.endedAt == Self.at(10))
        }
    }
}
