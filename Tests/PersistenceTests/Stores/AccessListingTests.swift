import AccessModel
import TestSupport
import Testing

@testable import Persistence

/// How a list of requests is found among all that was ever asked for.
@Suite struct AccessListingTests {
    @Test func aPlaceIsBehindWhatIsNewer() {
        func place(_ second: Int64, _ id: String) -> AccessListing.Place {
            AccessListing.Place(at: Instant(milliseconds: second * 1_000), id: id)
        }
        #expect(place(2, "b").isBefore(place(1, "a")) && !place(1, "a").isBefore(place(2, "b")))
        #expect(place(1, "a").isBefore(place(1, "b")) && !place(1, "a").isBefore(place(1, "a")))
    }

    /// No plan goes through the whole table: neither for what is open, nor for a page of all, nor of one person.
    @Test func noPlanLooksAtAll() async throws {
        let folder = try TemporaryFolder()
        let database = try await SQLiteDatabase.open(folder.path("tenure.db"))
        try await Schema.migrate(database, at: Instant(milliseconds: 0))
        let place = AccessListing.Place(at: Instant(milliseconds: 1), id: "r")
        let person = try #require(PersonID("e-1"))
        for isOpen in [true, false] {
            for after in [place, nil] {
                for person in [person, nil] {
                    let listing = AccessListing(person: person, isOpen: isOpen, after: after, limit: 100)
                    for (table, column, open) in [
                        ("access_requests", "requested_at", RequestStore.open),
                        ("breakglass", "activated_at", ActivationStore.open),
                    ] {
                        // Broken glass is rare: all of it may be looked at.
                        if table == "breakglass", !isOpen { continue }
                        let clause = listing.clause(since: column, open: open)
                        let plan = try await database.read { session in
                            try session.query(
                                "EXPLAIN QUERY PLAN SELECT * FROM \(table) \(clause.condition) \(clause.order)",
                                clause.parameters
                            ).map { try $0.text(3) }
                        }
                        let scans = plan.filter {
                            $0.hasPrefix("SCAN") && !$0.contains("USING INDEX") && !$0.contains("USING COVERING INDEX")
                        }
                        #expect(scans.isEmpty, "\(listing): \(plan)")
                        if isOpen { #expect(plan.contains { $0.hasPrefix("SEARCH \(table) USING") }, "\(plan)") }
                    }
                }
            }
        }
        await database.close()
    }
}
