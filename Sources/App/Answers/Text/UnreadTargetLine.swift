import Lifecycle

/// A target that could not be read: which, why, and what to do about it.
public struct UnreadTargetLine {
    private let unread: Survey.UnreadTarget
    private let directory: String

    public init(_ unread: Survey.UnreadTarget, directory: String) {
        self.unread = unread
        self.directory = directory
    }

    public var text: String {
        "error: target `\(unread.target)` could not be read, and nothing there is certain: "
            + TextTable.visible("\(unread.problem)")
            + "; the other targets go on; once `tenure target check \(TextTable.visible(directory))` reaches it, "
            + "`tenure apply` or `tenure reconcile` does what is left"
    }
}
