import AccessModel
import Definitions
import Planning

/// The rules that every plan is judged by.
public struct PolicySet: Sendable {
    /// The rules in force whatever the organisation writes.
    public static let builtIn = PolicySet()
}
