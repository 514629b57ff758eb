import Foundation
import Synchronization

/// A process that a test started: it ends with this value at the latest.
final class ChildProcess: Sendable {
    let pid: pid_t
    private let ended = Mutex<Int32?>(nil)
    /// The other end of its standard input, if that is a pipe. A server that minds it ends when this closes, and so
    /// with the tests even if they crash.
    private let pipe: Int32?

    /// - Parameters:
    ///   - environment: Its variables; nil for those of the tests.
    ///   - input: A file; nil gives it a pipe on which nothing comes.
    init(
        _ path: String, _ arguments: [String], environment: [String: String]? = nil, input: String?, output: String,
        errors: String
    ) throws {
        var actions = posix_spawn_file_actions_t()
        posix_spawn_file_actions_init(&actions)
        defer { posix_spawn_file_actions_destroy(&actions) }
        var ends: [Int32] = [-1, -1]
        if let input {
            posix_spawn_file_actions_addopen(&actions, 0, input, O_RDONLY, 0)
        } else {
            guard Foundation.pipe(&ends) == 0, ends.allSatisfy({ fcntl($0, F_SETFD, FD_CLOEXEC) == 0 }) else {
                throw Failure(description: "no pipe")
            }
            posix_spawn_file_actions_adddup2(&actions, ends[0], 0)
        }
        posix_spawn_file_actions_addopen(&actions, 1, output, O_WRONLY | O_CREAT | O_APPEND, 0o600)
        posix_spawn_file_actions_addopen(&actions, 2, errors, O_WRONLY | O_CREAT | O_APPEND, 0o600)
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
        if ends[0] >= 0 { close(ends[0]) }
        guard code == 0 else {
            if ends[1] >= 0 { close(ends[1]) }
            throw Failure(description: "`\(path)` cannot be run: \(String(cString: strerror(code)))")
        }
        pid = spawned
        pipe = ends[1] >= 0 ? ends[1] : nil
    }

    struct Failure: Error, CustomStringConvertible {
        let description: String
    }

    deinit {
        end(SIGTERM)
        if let pipe { close(pipe) }
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
