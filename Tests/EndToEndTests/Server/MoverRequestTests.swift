import Foundation
import StrictJSON
import TestSupport
import Testing

/// What a mover had in a tenant lapses, and a request takes it out of the tenant's file: a real git, doubles of the forges.
@Suite(.serialized) struct MoverRequestTests {
    private static let kinds = [ForgeDouble.Kind.github, .gitlab]

    /// Hugo, of storefront, moves on the 23rd; what he had lapses a day later.
    private func office(_ kind: ForgeDouble.Kind, alsoIn insights: Bool = false) async throws -> ForgeOffice {
        var office = try await ForgeOffice(kind) { rehearsal in
            try rehearsal.edit("mountainlab/platform.yaml") {
                $0.replacing("mover: {grace: 7d, fresh: 30d}", with: "mover: {grace: 1d, fresh: 1d}")
            }
            // The server's own copy of the files means the same directories.
            try rehearsal.edit("mountainlab/targets.yaml") { text in
                text.replacing("corp.directory", with: rehearsal.path("mountainlab/corp.directory"))
                    .replacing("shop.directory", with: rehearsal.path("mountainlab/shop.directory"))
            }
            if insights {
                try rehearsal.edit("mountainlab/tenants/insights.yaml") {
                    $0.replacing(
                        "    - ivan@mountainlab.io\n", with: "    - hugo@mountainlab.io\n    - ivan@mountainlab.io\n")
                }
            }
            try await rehearsal.expect(0, "apply", "mountainlab", "--yes")
            let moved = try rehearsal.event(
                "moved-1", "moved", "e-0011", time: "2026-11-23T09:00:00Z",
                person: ["department": "Data", "title": "Canary Engineer", "manager_id": "e-0012"])
            var later = rehearsal
            later.clock = "2026-11-23T09:10:00Z"
            try await later.expect(0, "event", moved, "--apply")
        }
        office.rehearsal.clock = "2026-11-24T09:10:00Z"
        return office
    }

    /// The files without lines that name Hugo.
    private func withoutHugo(_ files: [String: String], in paths: Set<String>) -> [String: String] {
        var files = files
        for path in paths {
            files[path] = files[path]?.split(separator: "\n", omittingEmptySubsequences: false)
                .filter { !$0.contains("- hugo@mountainlab.io") }.joined(separator: "\n")
        }
        return files
    }

    @Test(.timeLimit(.minutes(5)), arguments: kinds)
    func whatLapsedIsTakenOutAndTheMergeChangesNothingMore(_ kind: ForgeDouble.Kind) async throws {
        var office = try await office(kind)
        let files = try office.forge.repository.files(on: "main")
        // While the grace lasts, what stands in the files is so.
        office.rehearsal.clock = "2026-11-23T09:20:00Z"
        let early = try office.serve(poll: "5s")
        try await office.waitForALook(early)
        try await office.stop(early)
        #expect(office.forge.all.isEmpty)

        office.rehearsal.clock = "2026-11-24T09:10:00Z"
        try await office.rehearsal.expect(0, "reconcile")
        #expect(try await !office.rehearsal.access(of: "e-0011").contains { $0.contains("storefront") })
        let run = try office.serve()
        try await office.wait("a request is open", run) { !office.forge.open.isEmpty }
        let request = try #require(office.forge.open.first)
        #expect(office.forge.all.count == 1 && request.head.hasPrefix("tenure/mover-e-0011-"), "\(request)")
        // It says who, where, why and by which case, and nothing else of what HR knows.
        let storefront = "tenants/storefront.yaml"
        #expect(
            request.body.contains(
                "e-0011 has moved, and what was given before lapsed at 2026-11-24T09:00:00Z, case mover-"))
        #expect(request.body.contains("\(storefront), line 9: hugo@mountainlab.io"), "\(request.body)")
        #expect(request.body.contains("tenure people confirm"))
        for word in ["Data", "Canary", "e-0012", "Klein"] { #expect(!request.body.contains(word)) }
        let proposed = try office.forge.repository.files(on: request.head)
        #expect(proposed == withoutHugo(files, in: [storefront]) && proposed != files)
        #expect(try await office.push() == 202)
        try await office.wait("it is planned", run) { office.forge.statuses.contains { $0.state == "success" } }

        // His access went by his case; the merge changes nothing more.
        let world = try await office.rehearsal.world()
        let cases = try await office.rehearsal.json("case", "list")
        try office.forge.merge(request.number)
        #expect(try await office.push() == 202)
        try await office.wait("the merge is applied", run) { try run.errors().contains("definitions applied") }
        let log = try run.errors()
        #expect(log.contains("cases=0"), "\(log)")
        #expect(try await office.rehearsal.world() == world)
        #expect(try await office.rehearsal.json("case", "list") == cases)
        let looks = office.looks
        #expect(try await office.push() == 202)
        try await office.wait("it looks again", run) { office.looks > looks }
        try await office.stop(run)
        #expect(office.forge.all.count == 1 && office.forge.open.isEmpty)
        try office.rehearsal.edit("mountainlab/" + storefront) { $0.replacing("    - hugo@mountainlab.io\n", with: "") }
        try await office.rehearsal.expect(0, "plan", "mountainlab", "--detailed-exitcode")
        try await office.rehearsal.expectGenuineLog()
    }

    @Test(.timeLimit(.minutes(5)), arguments: kinds)
    func whoIsConfirmedMeanwhileStays(_ kind: ForgeDouble.Kind) async throws {
        let office = try await office(kind)
        try await office.rehearsal.expect(0, "reconcile")
        let run = try office.serve(poll: "5s")
        try await office.wait("a request is open", run) { !office.forge.open.isEmpty }
        try await office.rehearsal.expect(0, "people", "confirm", "e-0011", "storefront")
        try await office.wait("the request is closed", run) { office.forge.open.isEmpty }
        let closed = try #require(office.forge.all.first)
        #expect(
            closed.body.contains("Closed by Tenure") && closed.body.contains("e-0011 is not to be taken out any more"))
        #expect(closed.title == "Take e-0011 out of the tenants' files")
        // Neither is another opened, nor is that one touched again where somebody reopens it.
        try await office.waitForALook(run)
        office.forge.reopen(closed.number)
        try await office.waitForALook(run)
        #expect(office.forge.all.count == 1 && office.forge.open.count == 1)
        try await office.stop(run)
        let files = try office.forge.repository.files(on: "main", under: "tenants")
        #expect(files["tenants/storefront.yaml"]?.contains("- hugo@mountainlab.io") == true)
        try await office.rehearsal.expect(0, "reconcile")
        #expect(
            try await office.rehearsal.access(of: "e-0011").contains("corp membership storefront-live-readers e-0011"))
    }

    @Test(.timeLimit(.minutes(5))) func whoWasConfirmedBeforeIsNotProposed() async throws {
        let office = try await office(.github)
        try await office.rehearsal.expect(0, "people", "confirm", "e-0011", "storefront")
        let run = try office.serve(poll: "5s")
        try await office.waitForALook(run)
        try await office.stop(run)
        #expect(office.forge.all.isEmpty)
    }

    @Test(.timeLimit(.minutes(5))) func whoIsConfirmedInOneTenantIsProposedForTheOther() async throws {
        let office = try await office(.gitlab, alsoIn: true)
        let files = try office.forge.repository.files(on: "main")
        let run = try office.serve(poll: "5s")
        try await office.wait("a request is open", run) { !office.forge.open.isEmpty }
        let both = try #require(office.forge.open.first)
        let paths: Set = ["tenants/storefront.yaml", "tenants/insights.yaml"]
        #expect(try office.forge.repository.files(on: both.head) == withoutHugo(files, in: paths))
        try await office.rehearsal.expect(0, "people", "confirm", "e-0011", "insights")
        try await office.wait("another is open", run) { office.forge.all.count == 2 }
        #expect(office.forge.open.map(\.number) == [2])
        let closed = try #require(office.forge.all.first)
        #expect(closed.body.contains("e-0011 is proposed anew"), "\(closed.body)")
        let one = try #require(office.forge.open.first)
        #expect(try office.forge.repository.files(on: one.head) == withoutHugo(files, in: ["tenants/storefront.yaml"]))
        // Somebody says no to that one, and it stays so.
        office.forge.reject(one.number)
        try await office.waitForALook(run)
        try await office.stop(run)
        #expect(office.forge.all.count == 2 && office.forge.open.isEmpty)
    }

    @Test(.timeLimit(.minutes(5))) func whoLeavesAfterTheMoveIsProposedAsALeaver() async throws {
        let office = try await office(.github)
        let run = try office.serve(poll: "5s")
        try await office.wait("a request is open", run) { !office.forge.open.isEmpty }
        let left = try office.rehearsal.event("left-1", "left", "e-0011", time: "2026-11-24T09:05:00Z")
        try await office.rehearsal.expect(0, "event", left)
        try await office.wait("another is open", run) { office.forge.all.count == 2 }
        #expect(office.forge.open.map(\.number) == [2])
        #expect(office.forge.open.first?.body.contains("e-0011 has left") == true)
        // Back again: it is closed, too, and nothing is proposed.
        let back = try office.rehearsal.event(
            "back-1", "rehired", "e-0011", time: "2026-11-24T09:06:00Z", person: ["status": "active"])
        try await office.rehearsal.expect(0, "event", back)
        try await office.rehearsal.expect(0, "people", "confirm", "e-0011", "storefront")
        try await office.wait("it is closed", run) { office.forge.open.isEmpty }
        try await office.waitForALook(run)
        try await office.stop(run)
        #expect(office.forge.open.isEmpty, "\(office.forge.open)")
    }
}
