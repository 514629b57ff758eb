import Foundation
import StrictJSON
import TestSupport
import Testing

/// A server that follows the organisation's files.
@Suite(.serialized) struct FollowedDefinitionsTests {
    private func holders(_ rehearsal: Rehearsal) async throws -> String {
        try await rehearsal.expect(0, "who", "payments/live/reader", "-o", "json").output
    }

    private func serve(_ rehearsal: Rehearsal, _ settings: [String]) throws -> TenureRun {
        let port = try LoopbackSocket.freePort()
        let flags = (["listen.port=\(port)"] + settings).flatMap { ["--set", $0] }
        return try rehearsal.start(["serve"] + flags)
    }

    /// A server that follows a branch of a new repository with the files as they are.
    private func follow(_ repository: String, _ rehearsal: Rehearsal) async throws -> TenureRun {
        try await git(repository, "init", "--quiet", "--initial-branch", "main")
        try await git(repository, "add", "-A")
        try await git(repository, "commit", "--quiet", "-m", "as it is")
        return try serve(
            rehearsal,
            ["definitions.source=file://\(repository)", "definitions.poll_interval=5s", "log.level=debug"])
    }

    /// Until the log says it, or a minute has passed.
    private func wait(for text: String, times: Int = 1, _ run: TenureRun) async throws {
        let end = ContinuousClock.now + .seconds(60)
        while try run.errors().components(separatedBy: text).count <= times {
            guard run.isRunning, ContinuousClock.now < end else {
                Issue.record("`\(text)` was not said: \(try run.errors())")
                return
            }
            try await Task.sleep(for: .milliseconds(50))
        }
    }

    private func rounds(_ run: TenureRun) throws -> Int {
        try run.errors().components(separatedBy: "definitions followed").count - 1
    }

    private func git(_ folder: String, _ arguments: String...) async throws {
        let program = try #require(TestSystems.find("git"))
        let own = [
            "-C", folder, "-c", "user.name=T", "-c", "user.email=t@mountainlab.io", "-c", "commit.gpgsign=false",
        ]
        let run = try await ProgramRun.run(program, own + arguments)
        #expect(run.status == 0, "\(run.output)")
    }

    @Test func aFolder() async throws {
        let rehearsal = try await Rehearsal.applied()
        #expect(!(try await holders(rehearsal).contains("e-0019")))
        let run = try serve(rehearsal, ["definitions.source=\(rehearsal.path("mountainlab"))"])
        try await wait(for: "ends on SIGINT", run)
        // What is not sound changes nothing.
        let good = try rehearsal.read("mountainlab/tenants/payments.yaml")
        try rehearsal.write("mountainlab/tenants/payments.yaml", good + "nonsense: true\n")
        try await wait(for: "the last good ones stay in force", run)
        try rehearsal.write(
            "mountainlab/tenants/payments.yaml",
            good.replacing("- carmen@mountainlab.io", with: "- carmen@mountainlab.io\n    - elena@mountainlab.io"))
        try await wait(for: "definitions applied", run)
        run.terminate()
        #expect(try await run.end(within: .seconds(60)).status == 0)
        #expect(try await holders(rehearsal).contains("e-0019"))
    }

    @Test func aBranchOfARepository() async throws {
        let rehearsal = try await Rehearsal.applied()
        let repository = rehearsal.path("mountainlab")
        let run = try await follow(repository, rehearsal)
        try await wait(for: "ends on SIGINT", run)
        try rehearsal.edit("mountainlab/tenants/payments.yaml") { text in
            text.replacing("- carmen@mountainlab.io", with: "- carmen@mountainlab.io\n    - elena@mountainlab.io")
        }
        // What is not committed does not count: the server has asked twice more by then.
        let asked = try rounds(run)
        try await wait(for: "definitions followed", times: asked + 2, run)
        #expect(!(try run.errors().contains("definitions applied")))
        try await git(repository, "commit", "--quiet", "-am", "Elena reads payments")
        try await wait(for: "definitions applied", run)
        run.terminate()
        let ended = try await run.end(within: .seconds(60))
        #expect(ended.status == 0 && ended.errors.contains("commit="), "\(ended.errors)")
        #expect(try await holders(rehearsal).contains("e-0019"))
    }

    /// A plan of a commit is made of the bytes that the repository holds: so is what is applied, whatever the commit says of
    /// how its files are to be written when they are checked out.
    @Test func aCommitIsAppliedAsTheRepositoryHoldsIt() async throws {
        let rehearsal = try await Rehearsal.applied()
        let repository = rehearsal.path("mountainlab")
        let run = try await follow(repository, rehearsal)
        try await wait(for: "definitions followed", run)
        // What a run that was killed left is in nobody's way.
        let locks = try lockIndexes(below: rehearsal.path("."))
        #expect(locks == 1)
        // In CP1252 the last three characters are the bytes of a line separator, which ends a comment in YAML.
        let remark = "- carmen@mountainlab.io # since May \u{e2}\u{20ac}\u{a8}    - elena@mountainlab.io"
        try rehearsal.edit("mountainlab/tenants/payments.yaml") { text in
            text.replacing("- carmen@mountainlab.io", with: remark)
        }
        try await git(repository, "add", "tenants")
        try rehearsal.write(
            "mountainlab/.gitattributes", "* text eol=crlf\ntenants/payments.yaml working-tree-encoding=CP1252\n")
        try await git(repository, "add", ".gitattributes")
        try await git(repository, "commit", "--quiet", "-m", "A remark")
        try await wait(for: "definitions applied", run)
        run.terminate()
        let ended = try await run.end(within: .seconds(60))
        #expect(ended.status == 0, "\(ended.errors)")
        #expect(!(try await holders(rehearsal).contains("e-0019")))
    }

    /// Leaves a lock behind in each copy of a server's.
    private func lockIndexes(below folder: String) throws -> Int {
        var count = 0
        let files = try FileManager.default.subpathsOfDirectory(atPath: folder)
        for path in files where path.hasSuffix("definitions/.git/HEAD") {
            let lock = folder + "/" + path.dropLast("HEAD".count) + "index.lock"
            try Data().write(to: URL(filePath: lock))
            count += 1
        }
        return count
    }
}
