import CLinux
import Foundation
import Synchronization

/// A process that a test started: it ends with this value at the latest.
final class ChildProcess: Sendable {
    let pid: pid_t
    private let ended = Mutex<Int32?>(nil)
    /// The other end of its standard input, if that is a pipe. A server that minds it ends when this closes, and so
    /// with the tests even if they crash.
    let orders: Int32?
    /// The other end of its standard output, if that is a pipe.
    let answers: Int32?

    /// - Parameters:
    ///   - environment: Its variables; nil for those of the tests.
    ///   - input: A file; nil gives it a pipe.
    ///   - output: A file; nil gives it a pipe.
    ///   - errors: A file; nil for where the tests say what they have to say.
    init(
        _ path: String, _ arguments: [String], environment: [String: String]? = nil, input: String?, output: String?,
        errors: String?
    ) throws {
        var actions = posix_spawn_file_actions_t()
        posix_spawn_file_actions_init(&actions)
        defer { posix_spawn_file_actions_destroy(&actions) }
        var (toIt, fromIt): ([Int32], [Int32]) = ([-1, -1], [-1, -1])
        // Closed when anything is started: a server that another test starts at this moment, and that lives for as long as
        // the tests, would hold an end of it, and whoever waits for the last one to close would wait for that server.
        guard input != nil || tenure_make_pipe(&toIt) == 0, output != nil || tenure_make_pipe(&fromIt) == 0 else {
            throw Failure(description: "no pipe")
        }
        if let input {
            posix_spawn_file_actions_addopen(&actions, 0, input, O_RDONLY, 0)
        } else {
            posix_spawn_file_actions_adddup2(&actions, toIt[0], 0)
        }
        if let output {
            posix_spawn_file_actions_addopen(&actions, 1, output, O_WRONLY | O_CREAT | O_APPEND, 0o600)
        } else {
            posix_spawn_file_actions_adddup2(&actions, fromIt[1], 1)
        }
        if let errors {
            posix_spawn_file_actions_addopen(&actions, 2, errors, O_WRONLY | O_CREAT | O_APPEND, 0o600)
        }
        // Threads of the tests may have signals blocked, and the process would inherit that.
        var attributes = posix_spawnattr_t()
        posix_spawnattr_init(&attributes)
        defer { posix_spawnattr_destroy(&attributes) }
        var signals = sigset_t()
        sigemptyset(&signals)
        posix_spawnattr_setsigmask(&attributes, &signals)
        posix_spawnattr_setflags(&attributes, Int16(POSIX_SPAWN_SETSIGMASK))
        let words = ([path] + arguments).map { strdup($0) } + [nil]
        let variables =
            (environment ?? ProcessInfo.processInfo.environment).map { strdup("\($0.key)=\($0.value)") } + [nil]
        defer { for text in words + variables { free(text) } }
        var spawned: pid_t = 0
        let code = posix_spawn(&spawned, path, &actions, &attributes, words, variables)
        for end in [toIt[0], fromIt[1]] where end >= 0 { close(end) }
        guard code == 0 else {
            for end in [toIt[1], fromIt[0]] where end >= 0 { close(end) }
            throw Failure(description: "`\(path)` cannot be run: \(String(cString: strerror(code)))")
        }
        pid = spawned
        orders = toIt[1] >= 0 ? toIt[1] : nil
        answers = fromIt[0] >= 0 ? fromIt[0] : nil
    }

    struct Failure: Error, CustomStringConvertible {
        let description: String
    }

    deinit {
        end(SIGTERM)
        for end in [orders, answers] { if let end { close(end) } }
    }

    /// How it ended: the exit status, or 256 and the signal; nil while it runs.
    var status: Int32? {
        ended.withLock { ended in
            if ended == nil { ended = reap(WNOHANG) }
            return ended
        }
    }

    var isRunning: Bool { status == nil }

    /// Sends a signal to this process alone, if it has not ended.
    func send(_ signal: Int32) {
        ended.withLock { ended in
            if ended == nil { kill(pid, signal) }
        }
    }

    /// Sends the signal to this process alone and waits for its end. How it ended: it may have been quicker.
    @discardableResult
    func end(_ signal: Int32) -> Int32 {
        guard isRunning else { return wait() }
        send(signal)
        return wait()
    }

    /// Waits for its end; the exit status, or 256 and the signal that ended it.
    @discardableResult
    func wait() -> Int32 {
        ended.withLock { ended in
            let status = ended ?? reap(0) ?? -1
            ended = status
            return status
        }
    }

    /// Nil while it runs.
    private func reap(_ options: Int32) -> Int32? {
        var raw: Int32 = 0
        while true {
            switch waitpid(pid, &raw, options) {
            case pid: return raw & 0x7F == 0 ? raw >> 8 & 0xFF : 256 + (raw & 0x7F)
            case 0: return nil
            default: if errno != EINTR { return -1 }
            }
        }
    }

    /// Returns once `isUp` says so; throws when the process has ended or four minutes have passed.
    func wait(log: URL, until isUp: () throws -> Bool) throws {
        let deadline = Date().addingTimeInterval(240)
        while try !isUp() {
            guard isRunning, Date() < deadline else {
                let text = try String(contentsOf: log, encoding: .utf8)
                throw Failure(description: "the server did not come up: \(text.suffix(2_000))")
            }
            usleep(20_000)
        }
    }
}
