/// What to look for, where, and what to bring back.
struct SearchRequest: Sendable {
    enum Scope: Int32, Sendable {
        case base = 0
        case oneLevel = 1
        case subtree = 2
    }

    var base: String
    var scope: Scope = .subtree
    var filter: SearchFilter
    /// `1.1` brings back none.
    var attributes: [String]
}
