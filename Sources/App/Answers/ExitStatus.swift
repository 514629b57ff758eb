/// How a command ends.
public enum ExitStatus: Int32, Error, Sendable {
    case done = 0
    case failed = 1
    /// There are changes, or were: mostly only with `--detailed-exitcode`.
    case changes = 2
    /// Held by a guard, or denied by policy.
    case heldOrDenied = 3
}
