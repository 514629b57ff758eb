import Foundation
import Synchronization

/// A process that a test started: it ends with this value at the latest.
final class TenureProcess: Sendable {
    let pid: pid_t
    private let ended = Mutex<Int32?>(nil)

    /// - Parameter streams: The folder of `in`, which is there, and of `out` and `err`, which are made.
    init(_ command: TenureCommand, _ arguments: [String], streams: String) throws {
        var actions = posix_spawn_file_actions_t()
        posix_spawn_file_actions_init(&actions)
        defer { posix_spawn_file_actions_destroy(&actions) }
        posix_spawn_file_actions_addopen(&actions, 0, streams + "/in", O_RDONLY, 0)
        posix_spawn_file_actions_addopen(&actions, 1, streams + "/out", O_WRONLY | O_CREAT, 0o600)
        posix_spawn_file_actions_addopen(&actions, 2, streams + "/err", O_WRONLY | O_CREAT, 0o600)
        // Threads of the tests may have signals blocked, and the process would inherit that.
        var attributes = posix_spawnattr_t()
        posix_spawnattr_init(&attributes)
        defer { posix_spawnattr_destroy(&attributes) }
        var signals = sigset_t()
        sigemptyset(&signals)
        posix_spawnattr_setsigmask(&attributes, &signals)
        posix_spawnattr_setflags(&attributes, Int16(POSIX_SPAWN_SETSIGMASK))
        // `env -C` becomes the command, with the same process id, once it is in the folder.
        let env = "/usr/bin/env"
        let words =
            ([env, "-C", command.folder] + command.wrapper + [command.executable] + arguments).map { strdup($0) } + [
                nil
            ]
        let variables = command.environment.map { strdup("\($0.key)=\($0.value)") } + [nil]
        defer { for word in words + variables { free(word) } }
        var spawned: pid_t = 0
        let code = posix_spawn(&spawned, env, &actions, &attributes, words, variables)
        guard code == 0 else {
            throw TenureCommand.Failure(description: "it cannot be run: \(String(cString: strerror(code)))")
        }
        pid = spawned
    }

    deinit { _ = kill() }

    /// How it ended: the exit status, or 256 and the signal; nil while it runs.
    var status: Int32? {
        ended.withLock { ended in
            if ended == nil { ended = reap(WNOHANG) }
            return ended
        }
    }

    /// Sends a signal to this process alone, if it has not ended.
    func send(_ signal: Int32) {
        ended.withLock { ended in
            if ended == nil { _ = Foundation.kill(pid, signal) }
        }
    }

    /// Ends this process alone, at once. How it ended: it may have been quicker.
    func kill() -> Int32 {
        ended.withLock { ended in
            if let ended { return ended }
            Foundation.kill(pid, SIGKILL)
            let status = reap(0) ?? -1
            ended = status
            return status
        }
    }

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
}
