/// A pattern without any operator but anchors at its ends: a comparison of bytes.
struct PatternLiteral: Sendable {
    private let search: ByteSearch
    private let isAtStart: Bool
    private let isAtEnd: Bool

    /// Nil when `node` is more than a literal.
    init?(_ node: PatternNode, sets: [CharacterRanges]) {
        var nodes: [PatternNode]
        switch node {
        case .sequence(let sequence): nodes = sequence
        default: nodes = [node]
        }
        isAtStart = if case .assertion(.textStart) = nodes.first { true } else { false }
        if isAtStart { nodes.removeFirst() }
        isAtEnd = if case .assertion(.textEnd) = nodes.last { true } else { false }
        if isAtEnd { nodes.removeLast() }
        var literal = String.UnicodeScalarView()
        for node in nodes {
            guard case .set(let set) = node, let point = sets[set].single, let scalar = Unicode.Scalar(point) else {
                return nil
            }
            literal.append(scalar)
        }
        search = ByteSearch(Array(String(literal).utf8))
    }

    func matches(_ bytes: UnsafeBufferPointer<UInt8>, steps: inout Int) -> Bool {
        let needle = search.needle
        if isAtStart || isAtEnd {
            steps += min(needle.count, bytes.count)
            guard isAtStart, isAtEnd else {
                return isAtStart ? search.isPrefix(of: bytes) : search.isSuffix(of: bytes)
            }
            return bytes.count == needle.count && search.isPrefix(of: bytes)
        }
        steps += bytes.count
        return search.first(in: bytes, from: 0) != nil
    }
}
