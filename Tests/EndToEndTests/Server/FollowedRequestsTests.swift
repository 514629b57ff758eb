import Foundation
import StrictJSON
import TestSupport
import Testing

/// A server beside the forge of the organisation's repository: a real git, and doubles of the forges.
@Suite(.serialized) struct FollowedRequestsTests {
    private func addsElena(_ text: String) -> String {
        text.replacing("- carmen@mountainlab.io", with: "- carmen@mountainlab.io\n    - elena@mountainlab.io")
    }

    @Test(.timeLimit(.minutes(5)), arguments: [ForgeDouble.Kind.github, .gitlab])
    func aRequestGetsItsPlanAndAMergeIsApplied(_ kind: ForgeDouble.Kind) async throws {
        let office = try await ForgeOffice(kind)
        let run = try office.serve()
        try await office.wait("it listens", run) { try run.errors().contains("ends on SIGINT") }
        // Nobody else's word wakes it.
        #expect(try await office.push(signedWith: "another") == 401)
        try office.branch("elena")
        try office.edit("elena", addsElena)
        office.forge.openByHand(from: "elena")
        office.forge.comment("<!-- tenure:plan -->\nlies", on: 1, by: "mallory")
        #expect(try await office.push() == 202)
        try await office.wait("the plan is there", run) { !office.forge.statuses.isEmpty }
        let first = try #require(office.forge.statuses.first)
        #expect(first.name == "tenure/plan" && first.state == "success", "\(first)")
        #expect(try first.commit == office.forge.repository.head(of: "elena"))
        let comment = try #require(office.forge.comments.last)
        #expect(comment.author == ForgeDouble.ownName && comment.body.contains("e-0019"), "\(comment.body)")
        #expect(!comment.body.contains(ForgeDouble.token))
        #expect(office.forge.comments.first?.body.hasSuffix("lies") == true)

        // The same head again is answered already; another one writes the same comment anew.
        try office.edit("elena") { $0 + "nonsense: true\n" }
        #expect(try await office.push() == 202)
        try await office.wait("the next plan is there", run) {
            office.forge.statuses.contains { $0.state == (kind == .github ? "failure" : "failed") }
        }
        #expect(office.forge.comments.count == 2 && office.forge.comments.last?.edits == 1)
        #expect(office.forge.comments.last?.body.contains("1 error in the definitions") == true)
        try office.edit("elena") { $0.replacing("nonsense: true\n", with: "") }
        #expect(try await office.push() == 202)
        try await office.wait("it is good again", run) { office.forge.statuses.count == 3 }

        // Nothing of it is in force before it is merged.
        #expect(
            try await !office.rehearsal.expect(0, "who", "payments/live/reader", "-o", "json").output.contains("e-0019")
        )
        try office.branch("other")
        try office.forge.merge(1)
        #expect(try await office.push() == 202)
        try await office.wait("the merge is applied", run) { try run.errors().contains("definitions applied") }
        run.terminate()
        #expect(try await run.end(within: .seconds(60)).status == 0)
        #expect(
            try await office.rehearsal.expect(0, "who", "payments/live/reader", "-o", "json").output.contains("e-0019"))
        let head = try office.forge.repository.head(of: "main")
        #expect(try await office.rehearsal.json("definitions", "show")["commit"]?.string == head)
        let record = try await office.rehearsal.records().last { $0.type == "definitions.followed" }
        #expect(record?.body["commit"]?.string == head)

        // Another start says nothing twice: it has looked twice, and everything was answered before.
        try office.edit("other") { $0 + "# a remark\n" }
        office.forge.openByHand(from: "other")
        let again = try office.serve()
        try await office.wait("the new request is answered", again) { office.forge.statuses.count == 4 }
        // It is behind, and takes nothing away all the same.
        let behind = try #require(office.forge.comments.last)
        #expect(behind.request == 2 && !behind.body.contains("e-0019"), "\(behind.body)")
        again.terminate()
        _ = try await again.end(within: .seconds(60))
        let last = try office.serve()
        let looks = office.looks
        try await office.wait("it looks", last) { office.looks > looks }
        #expect(try await office.push() == 202)
        try await office.wait("it looks again", last) { office.looks > looks + 1 }
        last.terminate()
        _ = try await last.end(within: .seconds(60))
        #expect(office.forge.comments.count == 3 && office.forge.statuses.count == 4)
    }

    @Test(.timeLimit(.minutes(5))) func aForcePushIsNotFollowedUntilSomebodyAccepts() async throws {
        let office = try await ForgeOffice(.github)
        let run = try office.serve(poll: "5s")
        try await office.wait("it follows", run) { try run.errors().contains("ends on SIGINT") }
        try office.edit("main", addsElena)
        try await office.wait("the change is applied", run) { try run.errors().contains("definitions applied") }
        // Written anew: the same history without its last commit, and another one on top.
        try office.forge.repository.push(to: "main", amend: true) { work in
            let path = work + "/tenants/payments.yaml"
            let old = try String(contentsOfFile: path, encoding: .utf8)
            try Data(old.replacing("    - elena@mountainlab.io\n", with: "").utf8).write(to: URL(filePath: path))
        }
        try await office.wait("it is told", run) { try run.errors().contains("the branch was written anew") }
        #expect(
            try await office.rehearsal.expect(0, "who", "payments/live/reader", "-o", "json").output.contains("e-0019"))
        let head = try office.forge.repository.head(of: "main")
        let shown = try await office.rehearsal.json("definitions", "show")
        #expect(shown["problem"]?["code"]?.string == "rewritten" && shown["problem"]?["commit"]?.string == head)
        try await office.rehearsal.expect(1, "definitions", "accept", "main", "--reason", "x")
        try await office.rehearsal.expect(0, "definitions", "accept", head, "--reason", "Elena was added by mistake")
        try await office.wait("it is followed", run) {
            try run.errors().components(separatedBy: "definitions applied").count > 2
        }
        run.terminate()
        #expect(try await run.end(within: .seconds(60)).status == 0)
        #expect(try await office.rehearsal.json("definitions", "show")["commit"]?.string == head)
    }

    @Test(.timeLimit(.minutes(5)), arguments: [ForgeDouble.Kind.github, .gitlab])
    func whoLeavesIsTakenOutOfTheFiles(_ kind: ForgeDouble.Kind) async throws {
        let office = try await ForgeOffice(kind)
        let event = try office.rehearsal.event("left-1", "left", "e-0003", time: "2026-11-21T07:30:00Z")
        try await office.rehearsal.expect(0, "event", event)
        let files = try office.forge.repository.files(on: "main", under: "tenants")
        let run = try office.serve(poll: "5s")
        try await office.wait("a request is open", run) { !office.forge.open.isEmpty }
        let request = try #require(office.forge.open.first)
        #expect(office.forge.open.count == 1 && request.head.hasPrefix("tenure/leaver-e-0003"), "\(request)")
        #expect(request.body.contains("e-0003") && request.body.contains("has left"))
        let proposed = try office.forge.repository.files(on: request.head, under: "tenants")
        for (path, text) in proposed {
            let kept = (files[path] ?? "").split(separator: "\n", omittingEmptySubsequences: false)
                .filter { !$0.contains("- ana@mountainlab.io") }.joined(separator: "\n")
            #expect(text == kept, "\(path)")
        }
        #expect(proposed != files)
        // It is a request like any other, and gets its plan.
        try await office.wait("it is planned", run) { office.forge.statuses.contains { $0.state == "success" } }
        // Somebody says no: it is not opened again, neither now nor by the next server.
        office.forge.reject(request.number)
        run.terminate()
        _ = try await run.end(within: .seconds(60))
        let looks = office.looks
        let again = try office.serve()
        try await office.wait("it listens", again) { try again.errors().contains("ends on SIGINT") }
        try await office.wait("it looks", again) { office.looks > looks }
        #expect(try await office.push() == 202)
        try await office.wait("it looks again", again) { office.looks > looks + 1 }
        again.terminate()
        _ = try await again.end(within: .seconds(60))
        #expect(office.forge.open.isEmpty && office.forge.all.count == 1)
    }
}
