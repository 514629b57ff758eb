import Foundation
import TestSupport
import Testing

/// What holds secrets in its memory writes none of it anywhere, and shows it to nobody.
@Suite(.serialized) struct ProcessMemoryTests {
    private func owner(_ path: String) throws -> Int {
        let attributes = try FileManager.default.attributesOfItem(atPath: path)
        return (attributes[.ownerAccountID] as? NSNumber)?.intValue ?? -1
    }

    @Test func aServersMemoryIsItsOwn() async throws {
        var rehearsal = try await Rehearsal.applied()
        // Another user than root, whose processes are everybody's: nobody's, where the tests run as root.
        let isRoot = geteuid() == 0
        let user = isRoot ? 65_534 : Int(geteuid())
        if isRoot {
            guard let setpriv = try TestSystems.require("setpriv") else { return }
            let owned = try await ProgramRun.run("/usr/bin/env", ["chown", "-R", "\(user)", rehearsal.folder.path])
            #expect(owned.status == 0, "\(owned.output)")
            rehearsal.wrapper = [setpriv, "--reuid=\(user)", "--clear-groups", "--"]
        }
        let run = try rehearsal.start(["serve", "--set", "listen.port=\(try LoopbackSocket.freePort())"])
        let end = ContinuousClock.now + .seconds(60)
        while try run.isRunning && !run.errors().contains("ends on SIGINT") && ContinuousClock.now < end {
            try await Task.sleep(for: .milliseconds(20))
        }
        let said = try run.errors()
        #expect(said.contains("ends on SIGINT"), "\(said)")
        let limits = String(
            decoding: try #require(FileManager.default.contents(atPath: "/proc/\(run.pid)/limits")), as: UTF8.self)
        let core = limits.split(separator: "\n").first { $0.hasPrefix("Max core file size") } ?? ""
        #expect(core.split(whereSeparator: \.isWhitespace).dropFirst(4).prefix(2) == ["0", "0"], "\(limits)")
        let status = String(
            decoding: FileManager.default.contents(atPath: "/proc/\(run.pid)/status") ?? Data(), as: UTF8.self)
        #expect(status.contains("Uid:\t\(user)"), "\(status)")
        // The system gives what cannot be dumped to root, so that no other process of the user may look into it.
        #expect(try owner("/proc/\(run.pid)/mem") == 0)
        run.terminate()
        #expect(try await run.end(within: .seconds(30)).status == 0)
    }
}
