import ConnectorKit

/// The address of a provider, or of one of its endpoints: `https`, or plain `http` to this machine alone.
public struct ProviderAddress: Hashable, Sendable, CustomStringConvertible {
    /// As it was given.
    public let text: String
    public let isEncrypted: Bool
    /// Without brackets, as it was given.
    public let host: String
    /// Everything before the query.
    let base: String
    let query: [HTTPRequest.Field]

    /// Nil for anything else, and for an address with a user or a fragment, with a space or beyond ASCII.
    public init?(_ text: String) {
        guard text.utf8.count <= 2_048, text.utf8.allSatisfy({ $0 > 0x20 && $0 < 0x7F && $0 != UInt8(ascii: "\\") }),
            !text.utf8.contains(UInt8(ascii: "#")),
            let scheme = ["https://", "http://"].first(where: { text.hasPrefix($0) })
        else { return nil }
        let rest = text.dropFirst(scheme.count)
        let authority = rest.prefix { $0 != "/" && $0 != "?" }
        guard !authority.contains("@"), let host = Self.host(of: authority), !host.isEmpty else { return nil }
        isEncrypted = scheme == "https://"
        guard isEncrypted || Self.isThisMachine(host) else { return nil }
        let parts = text.split(separator: "?", maxSplits: 1, omittingEmptySubsequences: false)
        guard let query = FormBody(Array((parts.count == 2 ? parts[1] : "").utf8)) else { return nil }
        self.text = text
        self.host = host
        base = String(parts[0])
        self.query = query.fields.map { HTTPRequest.Field($0.name, $0.value) }
    }

    /// Whether its host is this machine by name or by number.
    public var isThisMachine: Bool { Self.isThisMachine(host) }

    private static func isThisMachine(_ host: String) -> Bool {
        ["localhost", "127.0.0.1", "::1"].contains(host.lowercased())
    }

    private static func host(of authority: Substring) -> String? {
        let host: Substring
        let port: Substring
        if authority.hasPrefix("[") {
            guard let end = authority.firstIndex(of: "]") else { return nil }
            host = authority[authority.index(after: authority.startIndex)..<end]
            port = authority[authority.index(after: end)...]
        } else {
            host = authority.prefix { $0 != ":" }
            port = authority.dropFirst(host.count)
        }
        guard port.isEmpty || (port.first == ":" && UInt16(port.dropFirst()) ?? 0 > 0) else { return nil }
        return String(host)
    }

    public var description: String { text }
}
