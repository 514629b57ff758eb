import AccessModel
import Lifecycle
import Persistence
import TestSupport
import Testing

/// What is listed of all that was ever asked for.
@Suite struct ListTests {
    /// Old, and still to be decided or to be closed: it is in the list, however much was asked for and decided since.
    @Test func whatIsOpenIsListedHoweverMuchIsOver() async throws {
        try await AccessBench.with { bench in
            let waiting = try await bench.desk("javi").request(Self.draft)
            let opened = try await bench.desk("ana").request(Self.draft)
            let approved = try await bench.desk("nora").approve(opened.id, hash: opened.request?.hash)
            let broken = try await Self.breakGlass(bench)
            #expect(approved.window != nil && broken.activation != nil)
            let definite = try await bench.desk("nora").list().map(\.id)
            #expect(definite == [broken.id, opened.id, waiting.id].sorted())
            try await Self.decide(1_100, bench)
            #expect(try await bench.desk("nora").list().map(\.id) == definite)
            #expect(try await bench.desk("nora").list(all: true, person: nil).count == 1_103)
            #expect(try await bench.desk("nora").list(all: false, person: "e-javi").map(\.id) == [waiting.id])
            let ofIris = try await bench.desk("nora").list(all: true, person: "iris@mountainlab.io")
            #expect(ofIris.count == 1_100 && ofIris.allSatisfy { $0.email == "iris@mountainlab.io" })
        }
    }

    /// Pages of any size, one after the other, are the whole list; many were asked for in the same moment.
    @Test func pagesAreTheWhole() async throws {
        try await AccessBench.with { bench in
            _ = try await Self.breakGlass(bench)
            try await Self.decide(40, bench)
            _ = try await bench.desk("javi").request(Self.draft)
            let desk = bench.desk("nora")
            let whole = try await desk.list(AccessListing()).map(\.id)
            #expect(whole.count == 42 && Set(whole).count == 42)
            for limit in [1, 7, 41, 42, 43] {
                var listing = AccessListing(limit: limit)
                var seen: [String] = []
                while let page = try await Optional(desk.list(listing)), let last = page.last {
                    #expect(page.count <= limit)
                    seen += page.map(\.id)
                    listing.after = last.place
                }
                #expect(seen == whole, "\(limit)")
            }
        }
    }

    private static let draft = AccessDesk.Draft(group: "payments/live/contributor", reason: "PAY-1")

    private static func breakGlass(_ bench: AccessBench) async throws -> AccessTicket {
        try await bench.desk("lucia").breakGlass("payments/live/admin", reason: "all is down", duration: nil)
    }

    /// Requests of iris that are over, five in each second, newer than everything before.
    private static func decide(_ count: Int, _ bench: AccessBench) async throws {
        let start = bench.clock.now()
        try await bench.database.write { session in
            for number in 0..<count {
                let at = start + .seconds(Int64(1 + number / 5))
                let ask = AccessRequest.Ask(
                    person: Sample.id("e-iris"), group: Sample.group("payments/live/contributor"), reason: "PAY-2",
                    duration: .hours(1))
                try RequestStore(session).insert(
                    AccessRequest(
                        id: "req-over-\(number)", ask: ask, state: .withdrawn, requestedAt: at, requestedBy: "e-iris",
                        expiresAt: at, ruling: [:], decidedAt: at, decidedBy: "e-iris"))
            }
        }
    }
}
