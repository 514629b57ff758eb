/// Why a fact is desired, or why it no longer is.
public enum Cause: Hashable, Sendable {
    /// A line in the organisation's files.
    case definition(SourceLocation)
    /// A rule of `birthright.yaml`.
    case birthright(rule: String, SourceLocation)
    /// One HR event.
    case event(source: String, id: String, type: String)
    /// What an HR snapshot said.
    case snapshot(asOf: Instant, note: String)
    /// A just-in-time window.
    case grant(id: String, until: Instant)
    /// The last day of a contract or an employment has passed.
    case ended(CalendarDay)
    /// The start date has not come yet.
    case notStarted(CalendarDay)
    /// A move made an entry of a tenant stale, and its grace is over.
    case moverLapse(tenant: Slug, at: Instant)
    /// What desired it is no longer in the files.
    case definitionRemoved(note: String)
    /// An account has been disabled for as long as it is kept.
    case retention(disabledSince: Instant)
    /// It holds in the target, and nothing ever desired it.
    case drift

    /// One line for a person.
    public var description: String {
        switch self {
        case .definition(let place): "\(place)"
        case .birthright(let rule, let place): "birthright `\(rule)` (\(place))"
        case .event(let source, let id, let type): "\(type) event \(id) from \(source)"
        case .snapshot(let asOf, let note): "HR snapshot of \(asOf): \(note)"
        case .grant(let id, let until): "grant \(id) until \(until)"
        case .ended(let day): "ended on \(day)"
        case .notStarted(let day): "starts on \(day)"
        case .moverLapse(let tenant, let at): "stale in tenant \(tenant) after a move; lapsed at \(at)"
        case .definitionRemoved(let note): note
        case .retention(let since): "disabled since \(since), retention is over"
        case .drift: "in the target, not in the definitions"
        }
    }
}

extension Cause: CustomStringConvertible {}
