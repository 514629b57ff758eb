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
        let run = try await serve(rehearsal)
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

    private func serve(_ rehearsal: Rehearsal, _ arguments: [String] = []) async throws -> TenureRun {
        let run = try rehearsal.start(
            ["serve", "--set", "listen.port=\(try LoopbackSocket.freePort())"] + arguments)
        try await run.said("ends on SIGINT")
        return run
    }

    // MARK: A crash

    /// Where the system puts the core files of processes in a folder; nil where it hands them to a program.
    private func coreFolder(_ folder: String) throws -> String? {
        let pattern = try String(contentsOfFile: "/proc/sys/kernel/core_pattern", encoding: .utf8)
        if pattern.hasPrefix("|") { return nil }
        return pattern.hasPrefix("/") ? (pattern as NSString).deletingLastPathComponent : folder
    }

    private func cores(_ folder: String) throws -> Set<String> {
        Set(try FileManager.default.contentsOfDirectory(atPath: folder))
    }

    /// Raises the limit as far as it may be, so that nothing but the command itself keeps a core file from being written.
    private static let unlimited = ["/bin/sh", "-c", "ulimit -c $(ulimit -H -c); exec \"$@\"", "sh"]

    @Test(arguments: [SIGABRT, SIGSEGV]) func aCrashLeavesNothing(_ signal: Int32) async throws {
        var rehearsal = try await Rehearsal.applied()
        rehearsal.wrapper = Self.unlimited
        rehearsal.environment["HR_SECRET"] =
            "whsec_" + Data("canary-of-a-crash-4711-canary-of".utf8).base64EncodedString()
        let run = try await serve(rehearsal, ["--set", "hr.secrets=env:HR_SECRET"])
        let folder = try coreFolder(rehearsal.folder.path)
        let before = try folder.map(cores) ?? []
        kill(run.pid, signal)
        let ended = try await run.end(within: .seconds(60))
        #expect(ended.status == 256 + signal, "\(ended.status): \(ended.everything.suffix(1_000))")
        for word in ["Backtrac", "Registers", "Thread 0"] {
            #expect(!ended.everything.contains(word), "\(ended.everything.suffix(2_000))")
        }
        // The names of others' files may come and go where all of a machine's lie.
        let new = try (folder.map(cores) ?? []).subtracting(before)
        let isOwn = folder == rehearsal.folder.path
        #expect(new.filter { isOwn || $0.contains("\(run.pid)") || $0.contains("tenure") } == [])
        #expect(try cores(rehearsal.folder.path).filter { $0.hasPrefix("core") } == [])
    }

    /// The same shell, the same signal, another program: a test that could not find a core file would find none.
    @Test func anotherProgramLeavesACoreFile() async throws {
        var rehearsal = try Rehearsal()
        guard try coreFolder(rehearsal.folder.path) == rehearsal.folder.path else { return }
        let hard = try await ProgramRun.run("/bin/sh", ["-c", "ulimit -H -c"])
        guard hard.output.trimmingCharacters(in: .whitespacesAndNewlines) == "unlimited" else { return }
        rehearsal.wrapper = Self.unlimited + ["/bin/sh", "-c", "kill -ABRT $$", "sh"]
        let crashed = try await rehearsal.run([])
        #expect(crashed.status == 256 + SIGABRT, "\(crashed.everything)")
        #expect(try cores(rehearsal.folder.path).contains { $0.hasPrefix("core") })
    }

    /// Not a server alone: whoever runs a command may be shown nothing of it either.
    @Test func everyCommandForbidsIt() async throws {
        let office = try await Rehearsal.applied()
        let run = try office.start("reconcile", "--watch")
        let end = ContinuousClock.now + .seconds(60)
        var core: [Substring] = []
        while run.isRunning, ContinuousClock.now < end, core != ["0", "0"] {
            let limits = FileManager.default.contents(atPath: "/proc/\(run.pid)/limits") ?? Data()
            let line = String(decoding: limits, as: UTF8.self).split(separator: "\n")
                .first { $0.hasPrefix("Max core file size") }
            core = Array(line?.split(whereSeparator: \.isWhitespace).dropFirst(4).prefix(2) ?? [])
            try await Task.sleep(for: .milliseconds(10))
        }
        #expect(core == ["0", "0"])
        run.terminate()
        _ = try await run.end(within: .seconds(60))
    }
}
