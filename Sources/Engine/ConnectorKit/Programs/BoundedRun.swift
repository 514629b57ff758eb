import AccessModel
import CLinux
import Foundation

/// One run of a program whose output is wanted, bounded in time and size. It blocks its thread.
public struct BoundedRun: Sendable {
    public enum Answer: Sendable {
        case ended(Int32, [UInt8])
        case tookTooLong
        case saidTooMuch
        case notStarted
    }

    public let limit: Span
    /// Bytes.
    public let maximumAnswer: Int
    /// A file that the program reads as its input; else it gets none.
    public var input: String?
    /// A file that takes what it complains of; else that goes nowhere, since it may hold a part of a credential.
    public var complaints: String?
    /// Bytes that a file may have which the program writes, and what it starts; nil for no limit. More of it ends the
    /// program.
    public var maximumFile: Int?

    public init(limit: Span, maximumAnswer: Int, input: String? = nil, complaints: String? = nil) {
        self.limit = limit
        self.maximumAnswer = maximumAnswer
        self.input = input
        self.complaints = complaints
    }

    public func run(_ path: String, _ arguments: [String], _ environment: [String: String]) -> Answer {
        guard let maximumFile else { return runAlone(path, arguments, environment) }
        // A shell's own limit, in blocks of 512 bytes, is the one thing that also bounds what the program starts itself.
        let script = "ulimit -f \(max(1, maximumFile / 512)) && exec \"$@\""
        return runAlone("/bin/sh", ["-c", script, "sh", path] + arguments, environment)
    }

    private func runAlone(_ path: String, _ arguments: [String], _ environment: [String: String]) -> Answer {
        var ends: [Int32] = [-1, -1]
        // The program gets the one as its output, and what others start at the same time gets neither.
        guard tenure_make_pipe(&ends) == 0 else { return .notStarted }
        defer { close(ends[0]) }
        let process = start(path, arguments, environment, output: ends[1])
        close(ends[1])
        guard let process else { return .notStarted }
        let answer = read(ends[0])
        guard case .ended(_, let bytes) = answer else {
            // With whatever it started itself.
            kill(-process, SIGKILL)
            _ = wait(process)
            return answer
        }
        return .ended(wait(process), bytes)
    }

    /// Where a program of that name is on `PATH`. An empty entry there would mean the folder that one happens to be in.
    public static func onPath(_ name: String) -> String? {
        let path = ProcessInfo.processInfo.environment["PATH"] ?? "/usr/local/bin:/usr/bin:/bin"
        return path.split(separator: ":").lazy.filter { $0.hasPrefix("/") }.map { "\($0)/\(name)" }
            .first { FileManager.default.isExecutableFile(atPath: $0) }
    }

    /// In a process group of its own.
    private func start(
        _ path: String, _ arguments: [String], _ environment: [String: String], output: Int32
    ) -> pid_t? {
        var actions = posix_spawn_file_actions_t()
        posix_spawn_file_actions_init(&actions)
        defer { posix_spawn_file_actions_destroy(&actions) }
        posix_spawn_file_actions_addopen(&actions, 0, input ?? "/dev/null", O_RDONLY, 0)
        posix_spawn_file_actions_adddup2(&actions, output, 1)
        posix_spawn_file_actions_addopen(&actions, 2, complaints ?? "/dev/null", O_WRONLY | O_CREAT | O_TRUNC, 0o600)

        var attributes = posix_spawnattr_t()
        posix_spawnattr_init(&attributes)
        defer { posix_spawnattr_destroy(&attributes) }
        // This thread may have signals blocked, and the program would inherit that.
        var signals = sigset_t()
        sigemptyset(&signals)
        posix_spawnattr_setsigmask(&attributes, &signals)
        posix_spawnattr_setflags(&attributes, Int16(POSIX_SPAWN_SETSIGMASK | POSIX_SPAWN_SETPGROUP))
        let words = ([path] + arguments).map { strdup($0) } + [nil]
        let variables = environment.map { strdup("\($0.key)=\($0.value)") } + [nil]
        defer { for text in words + variables { free(text) } }
        var process: pid_t = 0
        for _ in 0..<100 {
            let code = posix_spawn(&process, path, &actions, &attributes, words, variables)
            // While somebody still writes it: a plugin that is being updated.
            guard code == ETXTBSY else { return code == 0 ? process : nil }
            usleep(20_000)
        }
        return nil
    }

    /// The exit status, or 128 and the signal that ended it. It has closed its output and is given a moment to end.
    private func wait(_ process: pid_t) -> Int32 {
        var raw: Int32 = 0
        for _ in 0..<100 {
            let ended = waitpid(process, &raw, WNOHANG)
            if ended == process { return raw & 0x7F == 0 ? raw >> 8 & 0xFF : 128 + (raw & 0x7F) }
            guard ended == 0 || errno == EINTR else { return -1 }
            usleep(10_000)
        }
        kill(-process, SIGKILL)
        while waitpid(process, &raw, 0) < 0, errno == EINTR {}
        return 128 + SIGKILL
    }

    /// Until the program closes its end, and no longer than the limit: it may have left children that hold it open.
    private func read(_ descriptor: Int32) -> Answer {
        let end = DispatchTime.now() + .milliseconds(Int(limit.milliseconds))
        var bytes: [UInt8] = []
        var buffer = [UInt8](repeating: 0, count: 65_536)
        while true {
            let now = DispatchTime.now()
            guard now < end else { return .tookTooLong }
            let rest = Int32(clamping: (end.uptimeNanoseconds - now.uptimeNanoseconds) / 1_000_000 + 1)
            var watched = pollfd(fd: descriptor, events: Int16(POLLIN), revents: 0)
            let ready = poll(&watched, 1, rest)
            if ready < 0, errno == EINTR { continue }
            guard ready > 0 else { return .tookTooLong }
            let count = Foundation.read(descriptor, &buffer, buffer.count)
            guard count > 0 else { return .ended(0, bytes) }
            bytes += buffer[..<count]
            guard bytes.count <= maximumAnswer else { return .saidTooMuch }
        }
    }
}
