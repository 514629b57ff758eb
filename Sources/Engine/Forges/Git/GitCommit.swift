/// A commit, as git shows it.
public struct GitCommit: Hashable, Sendable {
    public let id: String
    public let parents: [String]
    public let message: String
    /// `Name <address>`, for people; anybody may write anything there.
    public let author: String

    public init(id: String, text: String) {
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

    /// Whether it can be a commit's id: forty digits in lower case, or sixty-four.
    public static func isID(_ text: String) -> Bool {
        (text.utf8.count == 40 || text.utf8.count == 64)
            && text.utf8.allSatisfy { (0x30...0x39).contains($0) || (0x61...0x66).contains($0) }
    }

    /// Enough of it for people.
    public var short: String { String(id.prefix(10)) }

    /// The last value of a trailer: `Name: value`.
    public func trailer(_ name: String) -> String? {
        message.split(separator: "\n").last { $0.hasPrefix(name + ": ") }.map { String($0.dropFirst(name.count + 2)) }
    }
}
