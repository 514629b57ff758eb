/// Where a story happens.
struct Place: Hashable, Sendable, CustomStringConvertible {
    let state: StateKind
    let target: TargetKind

    var description: String { "\(target.rawValue) on \(state.rawValue)" }
}
