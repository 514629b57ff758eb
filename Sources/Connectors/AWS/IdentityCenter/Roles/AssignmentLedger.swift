/// Which roles a group holds where, as Tenure assigned them: kept in the group's description, since an account assignment
/// itself has no place for the coordinate that it is for.
///
///     tenure:mountainlab reader@ecommerce/live/*/payments -contributor@ecommerce/live/*/payments
///
/// A minus marks what is being taken away: it is held until nothing of it is left, while what is being given is held only
/// once it is whole. So a change that stops half way is seen, whichever way it went.
struct AssignmentLedger: Hashable, Sendable {
    struct Entry: Hashable, Sendable {
        let role: String
        let scope: String
        var isEnding: Bool
    }

    static let maximumLength = 1_024

    let owner: String
    private(set) var entries: [Entry] = []

    init(owner: String) { self.owner = owner }

    /// Reads a group's description; nil for one that is not Tenure's.
    init?(_ description: String, owner: String) {
        let words = description.split(separator: " ").map(String.init)
        guard words.first == owner else { return nil }
        self.owner = owner
        for word in words.dropFirst() {
            let text = word.hasPrefix("-") ? word.dropFirst() : word[...]
            guard let separator = text.firstIndex(of: "@") else { continue }
            entries.append(
                Entry(
                    role: String(text[..<separator]), scope: String(text[text.index(after: separator)...]),
                    isEnding: word.hasPrefix("-")))
        }
    }

    var description: String {
        ([owner] + entries.map { "\($0.isEnding ? "-" : "")\($0.role)@\($0.scope)" }).joined(separator: " ")
    }

    func entry(_ role: String, _ scope: String) -> Entry? { entries.first { $0.role == role && $0.scope == scope } }

    mutating func put(_ role: String, _ scope: String, isEnding: Bool) {
        if let index = entries.firstIndex(where: { $0.role == role && $0.scope == scope }) {
            entries[index].isEnding = isEnding
        } else {
            entries.append(Entry(role: role, scope: scope, isEnding: isEnding))
        }
    }

    mutating func remove(_ role: String, _ scope: String) {
        entries.removeAll { $0.role == role && $0.scope == scope }
    }
}
