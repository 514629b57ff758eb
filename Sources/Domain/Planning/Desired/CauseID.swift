import AccessModel

/// A cause as a number: its kind in the upper bits, where to look it up in the lower.
struct CauseID: Hashable, Sendable, Comparable {
    enum Kind: UInt32 {
        case entry
        /// An entry in error, which keeps what its bound person holds and gives nothing new.
        case keptEntry
        case rule
        case grant
        case workload
        case group
        case read
    }

    let raw: UInt32

    /// `number` is below 2^29.
    init(_ kind: Kind, _ number: UInt32) { raw = kind.rawValue << 29 | number }

    var kind: Kind { Kind(rawValue: raw >> 29) ?? .entry }
    var number: Int { Int(raw & ((1 << 29) - 1)) }

    static func < (left: CauseID, right: CauseID) -> Bool { left.raw < right.raw }
}
