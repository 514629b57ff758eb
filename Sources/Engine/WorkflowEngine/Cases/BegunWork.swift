import AccessModel

/// How many revocations a run can take in hand at this moment, target by target: what an opening may begin right away,
/// so that nobody has to look for it afterwards.
public struct WorkRoom: Sendable {
    /// Nothing: whoever opens does not run.
    public static let none = WorkRoom(limits: [:])

    let limits: [Slug: Int]
}

/// Revocations that were begun as they were opened: they are this process's, under its lease, and go to their targets
/// before anything that would have to be looked for.
public struct BegunWork: Sendable {
    public static let none = BegunWork()

    private(set) var steps: [Slug: [ClaimedStep]] = [:]
    /// When the lease ends under which they are.
    private(set) var until: Instant?
    /// Whether more was opened than was begun.
    private(set) var leftSome = false

    mutating func add(_ step: ClaimedStep, until: Instant) {
        steps[step.change.target, default: []].append(step)
        self.until = until
    }

    mutating func leaveSome() { leftSome = true }
}

/// Cases that were opened, and what of them was begun.
public struct OpenedWork: Sendable {
    public let cases: [OpenedCase]
    public let begun: BegunWork
}

/// One call's part of what is to be opened.
public struct OpenedPortion: Sendable {
    public let isMoreToCome: Bool
    public let begun: BegunWork

    public init(isMoreToCome: Bool, begun: BegunWork) {
        self.isMoreToCome = isMoreToCome
        self.begun = begun
    }
}
