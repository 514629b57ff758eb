/// How a command ends.
enum ExitStatus: Int32, Error {
    case done = 0
    case failed = 1
    /// Only with `--detailed-exitcode`.
    case changes = 2
    /// Held by a guard, or denied by policy.
    case heldOrDenied = 3
}
