import HTTPTypes

/// What stands in a request's first line, decoded.
struct RequestTarget {
    static let maximumLength = 8_192

    let path: [String]
    let query: WebQuery

    /// Takes `/a/b?c` alone: a path that another server might read otherwise (`//`, `..`, a fragment) is refused and not
    /// guessed at. Of a whole URL, as a proxy is asked, its path has become that before; its host decides nothing.
    init(_ head: HTTPRequest) throws(Problem) {
        guard head.path?.utf8.count ?? 0 <= Self.maximumLength else {
            throw Problem(.uriTooLong, "address-too-long", "an address has \(Self.maximumLength) bytes at most")
        }
        guard let text = head.path, text.utf8.first == UInt8(ascii: "/"),
            text.utf8.allSatisfy({ $0 > 0x20 && $0 < 0x7F && $0 != UInt8(ascii: "#") && $0 != UInt8(ascii: "\\") })
        else { throw Problem(.badRequest, "invalid-url", "the address has to be a path, percent-encoded") }
        let parts = text.utf8.split(separator: UInt8(ascii: "?"), maxSplits: 1, omittingEmptySubsequences: false)
        var path: [String] = []
        let segments = parts[0].dropFirst().split(separator: UInt8(ascii: "/"), omittingEmptySubsequences: false)
        for segment in segments where !(segments.count == 1 && segment.isEmpty) {
            let decoded = try PercentCoding.decode(segment, plusIsSpace: false)
            guard !decoded.isEmpty, decoded != ".", decoded != ".." else {
                throw Problem(.badRequest, "invalid-url", "the path has a segment that is empty, `.` or `..`")
            }
            guard decoded.unicodeScalars.allSatisfy({ $0.value >= 0x20 && !(0x7F..<0xA0).contains($0.value) }) else {
                throw .notFound("nothing has a control character in its address")
            }
            path.append(decoded)
        }
        self.path = path
        query = parts.count == 2 ? try WebQuery(encoded: String(decoding: parts[1], as: UTF8.self)) : WebQuery()
    }
}
