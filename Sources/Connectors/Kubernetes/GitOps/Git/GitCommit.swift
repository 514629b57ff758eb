/// A commit, as git shows it.
struct GitCommit: Hashable, Sendable {
    let id: String
    let parents: [String]
    let message: String
    /// `Name <address>`, for people; anybody may write anything there.
    let author: String

    init(id: String, text: String) {
        self.id = id
        var parents: [String] = []
        var author = ""
        let lines = text.split(separator: "\n", omittingEmptySubsequences: false)
        let head = lines.prefix { !$0.isEmpty }
        for line in head {
            if line.hasPrefix("parent ") { parents.append(String(line.dropFirst(7))) }
            if line.hasPrefix("author "), let end = line.lastIndex(of: ">") {
                author = String(line[...end].dropFirst(7))
            }
        }
        self.parents = parents
        self.author = author
        message = lines.dropFirst(head.count + 1).joined(separator: "\n")
    }

    /// Enough of it for people.
    var short: String { String(id.prefix(10)) }

    /// The last value of a trailer: `Name: value`.
    func trailer(_ name: String) -> String? {
        message.split(separator: "\n").last { $0.hasPrefix(name + ": ") }.map { String($0.dropFirst(name.count + 2)) }
    }
}
