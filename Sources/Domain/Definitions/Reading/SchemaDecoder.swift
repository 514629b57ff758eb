import AccessModel

/// Reads typed values out of one file's tree, and collects everything that is wrong with them.
///
/// Each method returns nil for what it had to report, so that a caller goes on with the rest.
struct SchemaDecoder {
    let tree: YAMLTree
    /// What the files that were read before define.
    var scope: Scope
    private(set) var diagnostics: [Diagnostic] = []
    var outsiders: [ListedPerson] = []

    init(tree: YAMLTree, scope: Scope) {
        self.tree = tree
        self.scope = scope
    }

    mutating func error(_ code: String, _ node: Int, _ message: String) {
        report(.error, code, tree.place(node), message)
    }

    mutating func warning(_ code: String, _ node: Int, _ message: String) {
        report(.warning, code, tree.place(node), message)
    }

    mutating func report(_ severity: Diagnostic.Severity, _ code: String, _ place: SourceLocation, _ message: String) {
        diagnostics.append(Diagnostic(severity: severity, code: code, place: place, message: message))
    }

    // MARK: Containers

    /// The values of a mapping by the names that its schema knows.
    struct Fields {
        let node: Int
        fileprivate let names: [String]
        fileprivate var values: [Int?]

        subscript(name: String) -> Int? { names.firstIndex(of: name).flatMap { values[$0] } }
    }

    /// What a schema says of the keys of one kind of mapping.
    struct Shape {
        /// For messages: `a tenant`.
        let name: String
        var required: [String] = []
        var optional: [String] = []
        /// Keys that are refused for a reason of their own: name, code, message.
        var refused: [RefusedKey] = []
    }

    struct RefusedKey {
        let name: String
        let code: String
        let message: String
    }

    /// Nil when the node is no mapping. Unknown and missing keys are reported; what is known is handed back.
    mutating func fields(_ node: Int, _ shape: Shape, isRoot: Bool = false) -> Fields? {
        guard isMapping(node, shape.name) else { return nil }
        let names = shape.required + shape.optional
        var fields = Fields(node: node, names: names, values: Array(repeating: nil, count: names.count))
        for (position, key) in tree.keys(node).enumerated() where tree.kind(key) == .scalar {
            let name = tree.string(key)
            if let index = names.firstIndex(of: name) {
                fields.values[index] = key + 1
            } else if let refused = shape.refused.first(where: { $0.name == name }) {
                error(refused.code, key, refused.message)
            } else if isRoot, name == "$schema" {
                checkSchema(key, isFirst: position == 0)
            } else {
                let otherwise = "; known keys are \(Self.listed(names))"
                let hint = NearestName.suggestion(for: name, among: names, otherwise: otherwise)
                error("unknown-key", key, "unknown key \(name.quoted) in \(shape.name)\(hint)")
            }
        }
        for (index, name) in shape.required.enumerated() where fields.values[index] == nil {
            error("missing-key", node, "\(shape.name) needs the key `\(name)`")
        }
        return fields
    }

    private mutating func checkSchema(_ key: Int, isFirst: Bool) {
        if !tree.hasText(key + 1, "tenure/v1") {
            error("schema-version", key + 1, "`$schema` must be `tenure/v1`")
        } else if !isFirst {
            error("schema-version", key, "`$schema` must be the first key")
        }
    }

    /// The keys of a mapping whose names are the author's own, each followed by its value.
    mutating func entries(_ node: Int, _ label: String) -> [Int]? {
        guard isMapping(node, label) else { return nil }
        return tree.keys(node).filter { tree.kind($0) == .scalar && tree.kind($0 + 1) != .refused }
    }

    /// The elements of a list; nil when the node is none.
    mutating func list(_ node: Int, _ label: String, mayBeEmpty: Bool = true) -> [Int]? {
        guard isList(node, label, mayBeEmpty: mayBeEmpty) else { return nil }
        return tree.elements(node).filter { tree.kind($0) != .refused }
    }

    mutating func isList(_ node: Int, _ label: String, mayBeEmpty: Bool = true) -> Bool {
        switch tree.kind(node) {
        case .sequence:
            if mayBeEmpty || tree.nodes[node].count > 0 { return true }
            error("empty-list", node, "`\(label)` must hold at least one entry")
        case .refused:
            break
        case .scalar, .mapping:
            let empty = mayBeEmpty && tree.isEmpty(node) ? "; write `[]` for an empty one" : ""
            error("wrong-type", node, "`\(label)` must be a list, not \(found(node))\(empty)")
        }
        return false
    }

    private mutating func isMapping(_ node: Int, _ label: String) -> Bool {
        switch tree.kind(node) {
        case .mapping: return true
        case .refused: return false
        case .scalar, .sequence:
            error("wrong-type", node, "\(label) must be a mapping (`key: value`), not \(found(node))")
            return false
        }
    }

    /// What a node is, for messages; never its text, which may be a secret.
    func found(_ node: Int) -> String {
        switch tree.kind(node) {
        case .sequence: "a list"
        case .mapping: "a mapping"
        case .scalar: tree.isEmpty(node) ? "empty" : "text"
        case .refused: "what was refused"
        }
    }

    /// `a, b and c`, each in backticks.
    static func listed(_ names: some Sequence<String>) -> String {
        let names = names.map { "`\($0)`" }
        guard names.count > 1, let last = names.last else { return names.first ?? "none" }
        return names.dropLast().joined(separator: ", ") + " and " + last
    }
}
