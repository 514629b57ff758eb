import AccessModel

/// Whose name commits bear.
public struct GitAuthor: Hashable, Sendable, CustomStringConvertible {
    public let name: String
    public let address: String

    /// `Name <address>`
    public init?(_ text: String) {
        guard text.hasSuffix(">"), let bracket = text.firstIndex(of: "<") else { return nil }
        name = String(text[..<bracket].reversed().drop { $0 == " " }.reversed())
        address = String(text[text.index(after: bracket)...].dropLast())
        let parts = Array(name.utf8) + Array(address.utf8)
        guard !name.isEmpty, !address.isEmpty, parts.allSatisfy({ $0 >= 0x20 && $0 != 0x7F && !"<>".utf8.contains($0) })
        else { return nil }
    }

    public var description: String { "\(name) <\(address)>" }
}
