import Crypto
import Foundation
import StrictJSON
import TestSupport
import Testing

/// A server beside the forge of the organisation's repository: a real git, and doubles of the forges.
@Suite(.serialized) struct FollowedRequestsTests {
    private struct Office {
        let rehearsal: Rehearsal
        let forge: ForgeDouble
        let port: UInt16

        static let secret = "hook-secret-0123456789"

        init(_ kind: ForgeDouble.Kind) async throws {
            rehearsal = try await Rehearsal.applied()
            forge = try ForgeDouble(kind)
            port = try LoopbackSocket.freePort()
            let source = rehearsal.path("mountainlab")
            try forge.repository.push(to: "main", as: "Ada <ada@example.com>") { work in
                for name in try FileManager.default.contentsOfDirectory(atPath: source) {
                    if FileManager.default.fileExists(atPath: work + "/" + name) {
                        try FileManager.default.removeItem(atPath: work + "/" + name)
                    }
                    try FileManager.default.copyItem(atPath: source + "/" + name, toPath: work + "/" + name)
                }
            }
        }

        func serve(poll: String = "24h") throws -> TenureRun {
            var rehearsal = rehearsal
            rehearsal.environment["FORGE_TOKEN"] = ForgeDouble.token
            rehearsal.environment["HOOK_SECRET"] = Self.secret
            let settings = [
                "listen.port=\(port)", "definitions.source=\(forge.repository.url)",
                "definitions.poll_interval=\(poll)", "definitions.forge=\(forge.kind == .github ? "github" : "gitlab")",
                "definitions.forge_url=\(forge.url)", "definitions.forge_project=mountainlab/clusters",
                "definitions.forge_token=env:FORGE_TOKEN", "definitions.hook_secret=env:HOOK_SECRET",
            ]
            return try rehearsal.start(["serve"] + settings.flatMap { ["--set", $0] })
        }

        /// A hook as the forge sends it.
        func push(signedWith secret: String = Office.secret) async throws -> Int {
            let body = #"{"ref":"refs/heads/main"}"#
            var request = ["-X", "POST", "-H", "Content-Type: application/json", "--data-binary", body]
            if forge.kind == .github {
                let code = HMAC<SHA256>.authenticationCode(
                    for: Data(body.utf8), using: SymmetricKey(data: Data(secret.utf8)))
                let hex = code.map { String($0 >> 4, radix: 16) + String($0 & 15, radix: 16) }.joined()
                request += ["-H", "X-GitHub-Event: push", "-H", "X-Hub-Signature-256: sha256=\(hex)"]
            } else {
                request += ["-H", "X-Gitlab-Event: Push Hook", "-H", "X-Gitlab-Token: \(secret)"]
            }
            let curl = try #require(TestSystems.find("curl"))
            let run = try await ProgramRun.run(
                curl,
                ["-s", "-o", "/dev/null", "-w", "%{http_code}"] + request + ["http://127.0.0.1:\(port)/hooks/git"])
            return Int(run.output.trimmingCharacters(in: .whitespacesAndNewlines)) ?? 0
        }

        func edit(_ branch: String, in path: String = "tenants/payments.yaml", _ change: (String) -> String) throws {
            try forge.repository.push(to: branch) { work in
                let old = try String(contentsOfFile: work + "/" + path, encoding: .utf8)
                try Data(change(old).utf8).write(to: URL(filePath: work + "/" + path))
            }
        }

        /// How often it asked what is open.
        var looks: Int {
            forge.calls.count { $0.hasPrefix("GET") && ($0.hasSuffix("/pulls") || $0.hasSuffix("/merge_requests")) }
        }

        /// A branch from main.
        func branch(_ name: String) throws {
            try forge.repository.push(to: name, from: "main") { _ in }
        }
    }

    /// Until it holds, or a minute has passed.
    private func wait(_ what: String, _ run: TenureRun, _ holds: () throws -> Bool) async throws {
        let end = ContinuousClock.now + .seconds(60)
        while try !holds() {
            guard run.isRunning, ContinuousClock.now < end else {
                Issue.record("\(what): \(try run.errors())")
                return
            }
            try await Task.sleep(for: .milliseconds(50))
        }
    }

    private func addsElena(_ text: String) -> String {
        text.replacing("- carmen@mountainlab.io", with: "- carmen@mountainlab.io\n    - elena@mountainlab.io")
    }

    @Test(.timeLimit(.minutes(5)), arguments: [ForgeDouble.Kind.github, .gitlab])
    func aRequestGetsItsPlanAndAMergeIsApplied(_ kind: ForgeDouble.Kind) async throws {
        let office = try await Office(kind)
        let run = try office.serve()
        try await wait("it listens", run) { try run.errors().contains("ends on SIGINT") }
        // Nobody else's word wakes it.
        #expect(try await office.push(signedWith: "another") == 401)
        try office.branch("elena")
        try office.edit("elena", addsElena)
        office.forge.openByHand(from: "elena")
        office.forge.comment("<!-- tenure:plan -->\nlies", on: 1, by: "mallory")
        #expect(try await office.push() == 202)
        try await wait("the plan is there", run) { !office.forge.statuses.isEmpty }
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
        try await wait("the next plan is there", run) {
            office.forge.statuses.contains { $0.state == (kind == .github ? "failure" : "failed") }
        }
        #expect(office.forge.comments.count == 2 && office.forge.comments.last?.edits == 1)
        #expect(office.forge.comments.last?.body.contains("1 error in the definitions") == true)
        try office.edit("elena") { $0.replacing("nonsense: true\n", with: "") }
        #expect(try await office.push() == 202)
        try await wait("it is good again", run) { office.forge.statuses.count == 3 }

        // Nothing of it is in force before it is merged.
        #expect(
            try await !office.rehearsal.expect(0, "who", "payments/live/reader", "-o", "json").output.contains("e-0019")
        )
        try office.branch("other")
        try office.forge.merge(1)
        #expect(try await office.push() == 202)
        try await wait("the merge is applied", run) { try run.errors().contains("definitions applied") }
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
        try await wait("the new request is answered", again) { office.forge.statuses.count == 4 }
        // It is behind, and takes nothing away all the same.
        let behind = try #require(office.forge.comments.last)
        #expect(behind.request == 2 && !behind.body.contains("e-0019"), "\(behind.body)")
        again.terminate()
        _ = try await again.end(within: .seconds(60))
        let last = try office.serve()
        let looks = office.looks
        try await wait("it looks", last) { office.looks > looks }
        #expect(try await office.push() == 202)
        try await wait("it looks again", last) { office.looks > looks + 1 }
        last.terminate()
        _ = try await last.end(within: .seconds(60))
        #expect(office.forge.comments.count == 3 && office.forge.statuses.count == 4)
    }

    @Test(.timeLimit(.minutes(5))) func aForcePushIsNotFollowedUntilSomebodyAccepts() async throws {
        let office = try await Office(.github)
        let run = try office.serve(poll: "5s")
        try await wait("it follows", run) { try run.errors().contains("ends on SIGINT") }
        try office.edit("main", addsElena)
        try await wait("the change is applied", run) { try run.errors().contains("definitions applied") }
        // Written anew: the same history without its last commit, and another one on top.
        try office.forge.repository.push(to: "main", amend: true) { work in
            let path = work + "/tenants/payments.yaml"
            let old = try String(contentsOfFile: path, encoding: .utf8)
            try Data(old.replacing("    - elena@mountainlab.io\n", with: "").utf8).write(to: URL(filePath: path))
        }
        try await wait("it is told", run) { try run.errors().contains("the branch was written anew") }
        #expect(
            try await office.rehearsal.expect(0, "who", "payments/live/reader", "-o", "json").output.contains("e-0019"))
        let head = try office.forge.repository.head(of: "main")
        let shown = try await office.rehearsal.json("definitions", "show")
        #expect(shown["problem"]?["code"]?.string == "rewritten" && shown["problem"]?["commit"]?.string == head)
        try await office.rehearsal.expect(1, "definitions", "accept", "main", "--reason", "x")
        try await office.rehearsal.expect(0, "definitions", "accept", head, "--reason", "Elena was added by mistake")
        try await wait("it is followed", run) {
            try run.errors().components(separatedBy: "definitions applied").count > 2
        }
        run.terminate()
        #expect(try await run.end(within: .seconds(60)).status == 0)
        #expect(try await office.rehearsal.json("definitions", "show")["commit"]?.string == head)
    }

    @Test(.timeLimit(.minutes(5)), arguments: [ForgeDouble.Kind.github, .gitlab])
    func whoLeavesIsTakenOutOfTheFiles(_ kind: ForgeDouble.Kind) async throws {
        let office = try await Office(kind)
        let event = try office.rehearsal.event("left-1", "left", "e-0003", time: "2026-11-21T07:30:00Z")
        try await office.rehearsal.expect(0, "event", event)
        let files = try office.forge.repository.files(on: "main", under: "tenants")
        let run = try office.serve(poll: "5s")
        try await wait("a request is open", run) { !office.forge.open.isEmpty }
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
        try await wait("it is planned", run) { office.forge.statuses.contains { $0.state == "success" } }
        // Somebody says no: it is not opened again, neither now nor by the next server.
        office.forge.reject(request.number)
        run.terminate()
        _ = try await run.end(within: .seconds(60))
        let again = try office.serve()
        try await wait("it listens", again) { try again.errors().contains("ends on SIGINT") }
        let looks = office.looks
        #expect(try await office.push() == 202)
        try await wait("it looks twice", again) { office.looks > looks + 1 }
        again.terminate()
        _ = try await again.end(within: .seconds(60))
        #expect(office.forge.open.isEmpty && office.forge.all.count == 1)
    }

    @Test(.timeLimit(.minutes(5))) func aPipelineSaysTheSameWithoutAServer() async throws {
        let office = try await Office(.github)
        try office.branch("elena")
        try office.edit("elena", addsElena)
        office.forge.openByHand(from: "elena")
        office.forge.becomeBot()
        let git = try #require(TestSystems.find("git"))
        let work = office.rehearsal.path("checkout")
        let clone = try await ProgramRun.run(
            git, ["clone", "--quiet", "--branch", "elena", office.forge.repository.url, work])
        #expect(clone.status == 0, "\(clone.output)")
        let head = try office.forge.repository.head(of: "elena")
        let base = try office.forge.repository.head(of: "main")
        try office.rehearsal.write(
            "event.json",
            #"{"pull_request":{"number":1,"head":{"sha":"\#(head)"},"base":{"sha":"\#(base)"}}}"#)
        var runner = office.rehearsal
        runner.environment.merge([
            "GITHUB_ACTIONS": "true", "GITHUB_REPOSITORY": "mountainlab/clusters", "GITHUB_SHA": head,
            "GITHUB_API_URL": office.forge.url, "GITHUB_EVENT_PATH": office.rehearsal.path("event.json"),
            "GITHUB_TOKEN": ForgeDouble.token,
        ]) { _, new in new }
        // With a state it is the plan.
        let planned = try await runner.expect(0, "ci", "checkout", "--state", runner.path("state/tenure.db"))
        #expect(planned.output.contains("e-0019"), "\(planned.output)")
        #expect(office.forge.comments.count == 1 && office.forge.statuses.last?.commit == head)
        #expect(office.forge.comments.last?.body.contains("e-0019") == true)
        // Without one it is what differs; the comment is the same one.
        let compared = try await runner.run(
            ["ci", "checkout", "--detailed-exitcode"], environment: ["TENURE_STATE": ""])
        #expect(compared.status == 2, "\(compared.everything)")
        #expect(compared.output.contains("+ payments readers elena@mountainlab.io"), "\(compared.output)")
        #expect(office.forge.comments.count == 1 && office.forge.comments.last?.edits == 1)
        // What has errors fails.
        try office.rehearsal.edit("checkout/tenants/payments.yaml") { $0 + "nonsense: true\n" }
        let broken = try await runner.run(["ci", "checkout"], environment: ["TENURE_STATE": ""])
        #expect(broken.status == 1 && office.forge.statuses.last?.state == "failure")
        #expect(!broken.everything.contains(ForgeDouble.token))
    }
}
