import AccessModel

/// One YAML document, flat: nodes in the order of their events, a scalar's text in one shared buffer.
///
/// A mapping is followed by key, value, key, value; a key is always one node. No node is an object of its own, so a
/// list of a hundred thousand names costs three allocations.
struct YAMLTree: Sendable {
    enum Kind: UInt8, Sendable {
        case scalar, sequence, mapping
        /// Reported already (an alias, a merge key, a repeated key): whoever meets it stays silent.
        case refused
    }

    struct Node: Sendable {
        var kind: Kind
        /// Of a scalar: without quotes and not a block.
        var isPlain: Bool
        var line: Int32
        var column: Int32
        /// Of a scalar: where its text begins.
        var start: Int32
        /// Of a scalar: bytes of text; else children, keys among them.
        var count: Int32
        /// The first node that is not inside of this one.
        var next: Int32
    }

    let file: String
    let text: [UInt8]
    let nodes: [Node]

    static let root = 0

    func place(_ node: Int) -> SourceLocation {
        SourceLocation(file: file, line: Int(nodes[node].line), column: Int(nodes[node].column))
    }

    func kind(_ node: Int) -> Kind { nodes[node].kind }

    func bytes(_ node: Int) -> ArraySlice<UInt8> {
        let start = Int(nodes[node].start)
        return text[start..<start + Int(nodes[node].count)]
    }

    func string(_ node: Int) -> String { withBytes(node) { String(decoding: $0, as: UTF8.self) } }

    /// The same bytes without an array.
    func withBytes<Value>(_ node: Int, _ body: (UnsafeBufferPointer<UInt8>) -> Value) -> Value {
        let start = Int(nodes[node].start)
        let end = start + Int(nodes[node].count)
        return text.withUnsafeBufferPointer { body(UnsafeBufferPointer(rebasing: $0[start..<end])) }
    }

    func hasText(_ node: Int, _ other: String) -> Bool {
        nodes[node].kind == .scalar && bytes(node).elementsEqual(other.utf8)
    }

    /// A plain scalar without text: nothing was written.
    func isEmpty(_ node: Int) -> Bool { nodes[node].kind == .scalar && nodes[node].isPlain && nodes[node].count == 0 }

    /// The elements of a sequence; of any other node, none.
    func elements(_ node: Int) -> Elements {
        guard nodes[node].kind == .sequence else { return Elements(tree: self, index: 0, end: 0, isMapping: false) }
        return Elements(tree: self, index: node + 1, end: Int(nodes[node].next), isMapping: false)
    }

    /// The keys of a mapping, a value being the node after its key; of any other node, none.
    func keys(_ node: Int) -> Elements {
        guard nodes[node].kind == .mapping else { return Elements(tree: self, index: 0, end: 0, isMapping: true) }
        return Elements(tree: self, index: node + 1, end: Int(nodes[node].next), isMapping: true)
    }

    struct Elements: Sequence, IteratorProtocol {
        let tree: YAMLTree
        var index: Int
        let end: Int
        let isMapping: Bool

        mutating func next() -> Int? {
            guard index < end else { return nil }
            defer { index = Int(tree.nodes[isMapping ? index + 1 : index].next) }
            return index
        }
    }
}
