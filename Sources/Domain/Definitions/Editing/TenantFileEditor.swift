import AccessModel

/// Edits a tenant's file line by line, so that every comment, every blank line and the order of everything stay.
///
/// Only what is written in block style can be edited so; of flow style it says where it is.
public struct TenantFileEditor {
    /// Why a file cannot be edited, and where.
    public typealias Problem = Diagnostic

    private let path: String
    let tree: YAMLTree
    var lines: [String]
    private let ending: String

    private static let key = "workload_identity"

    /// - Throws: What is wrong with the file.
    public init(_ file: DefinitionFile) throws(BrokenFile) {
        let outcome = YAMLReader.read(file)
        let errors = outcome.diagnostics.filter { $0.severity == .error }
        guard let tree = outcome.tree, errors.isEmpty else { throw BrokenFile(problems: errors) }
        self.tree = tree
        path = file.path
        let text = String(decoding: file.bytes, as: UTF8.self)
        ending = text.utf8.contains(UInt8(ascii: "\r")) ? "\r\n" : "\n"
        lines = text.split(separator: "\n", omittingEmptySubsequences: false).map {
            $0.last == "\r" ? String($0.dropLast()) : String($0)
        }
        if text.utf8.contains(UInt8(ascii: "\r")) {
            // A line feed after a carriage return is one Character with it.
            lines = text.split(omittingEmptySubsequences: false, whereSeparator: \.isNewline).map(String.init)
        }
        if lines.last?.isEmpty ?? false { lines.removeLast() }
    }

    /// The file as it stands now.
    public var bytes: [UInt8] { Array(lines.map { $0 + ending }.joined().utf8) }

    // MARK: Edits; each at most once for an editor

    /// Adds a workload to its tier.
    public mutating func add(_ draft: WorkloadDraft) throws(BrokenFile) {
        guard let all = entry(Self.key, in: YAMLTree.root) else {
            if lines.last.map({ !$0.isEmpty }) ?? false { lines.append("") }
            lines += ["\(Self.key):", "  \(draft.tier):"] + item(draft, indent: 4)
            return
        }
        try refuseFlow(all + 1, "`\(Self.key)`")
        guard let tier = entry(draft.tier.text, in: all + 1) else {
            let indent = firstKey(all + 1).map { column($0) } ?? column(all) + 2
            insert([pad(indent) + "\(draft.tier):"] + item(draft, indent: indent + 2), after: lastLine(of: all))
            return
        }
        try refuseFlow(tier + 1, "the workloads of `\(draft.tier)`")
        let last = lastLine(of: tier)
        if tree.kind(tier + 1) == .sequence {
            let dash = tree.elements(tier + 1).first { _ in true }.map { dashColumn($0) } ?? column(tier) + 2
            insert(item(draft, indent: dash), after: last)
        } else {
            makeList(tier)
            insert(
                item(draft, indent: column(tier) + 2), after: lastContent(from: line(tier), atLeast: column(tier) + 1))
        }
    }

    /// Says until when a workload counts, be that sooner or later than it says now.
    public mutating func set(until: String, of name: Slug, in tier: Slug) throws(BrokenFile) {
        guard let node = workload(name, tier) else {
            throw BrokenFile(problems: [
                Diagnostic(
                    severity: .error, code: "unknown-workload", place: tree.place(YAMLTree.root),
                    message: "the tenant declares no workload `\(name)` in tier `\(tier)`")
            ])
        }
        try refuseFlow(node, "the workload `\(name)`")
        let text = "until: \(WorkloadDraft.scalar(until))"
        guard let key = entry("until", in: node) else {
            let first = firstKey(node) ?? node
            let end = tree.keys(node).map { line($0) }.max() ?? line(first)
            insert([pad(column(first)) + text], after: lastContent(from: end, atLeast: column(first) + 1))
            return
        }
        let at = line(key)
        let comment = lines[at].range(of: " #").map { String(lines[at][$0.lowerBound...]) } ?? ""
        lines[at] = String(lines[at].prefix(column(key))) + text + comment
    }

    // MARK: Nodes

    func entry(_ name: String, in mapping: Int) -> Int? { tree.keys(mapping).first { tree.hasText($0, name) } }

    private func firstKey(_ mapping: Int) -> Int? { tree.keys(mapping).first { _ in true } }

    private func workload(_ name: Slug, _ tier: Slug) -> Int? {
        guard let all = entry(Self.key, in: YAMLTree.root), let tier = entry(tier.text, in: all + 1) else { return nil }
        let nodes = tree.kind(tier + 1) == .sequence ? Array(tree.elements(tier + 1)) : [tier + 1]
        return nodes.first { node in
            guard let key = entry("name", in: node) else { return nodes.count == 1 && name.text == "operator" }
            return tree.hasText(key + 1, name.text)
        }
    }

    func refuseFlow(_ node: Int, _ what: String) throws(BrokenFile) {
        let place = tree.place(node)
        let character = lines[place.line - 1].dropFirst(place.column - 1).first
        guard character == "{" || character == "[" else { return }
        throw BrokenFile(problems: [
            Diagnostic(
                severity: .error, code: "flow-style", place: place,
                message: "\(what) stand in braces or brackets; write them on lines of their own, and try again")
        ])
    }

    // MARK: Lines, from 0

    func line(_ node: Int) -> Int { tree.place(node).line - 1 }
    func column(_ node: Int) -> Int { tree.place(node).column - 1 }
    private func pad(_ count: Int) -> String { String(repeating: " ", count: count) }

    private func dashColumn(_ element: Int) -> Int {
        lines[line(element)].prefix { $0 == " " }.count
    }

    private func indent(_ line: String) -> Int { line.prefix { $0 == " " }.count }

    /// The last line with content that belongs to the value of a key.
    private func lastLine(of key: Int) -> Int {
        let own = column(key)
        // A list's dashes may stand right below their key.
        let isList = tree.kind(key + 1) == .sequence
        var last = line(key)
        for index in lines.indices.dropFirst(last + 1) {
            let text = lines[index].drop { $0 == " " }
            if text.isEmpty || text.hasPrefix("#") { continue }
            let isInside = indent(lines[index]) > own || isList && indent(lines[index]) == own && text.hasPrefix("-")
            guard isInside else { break }
            last = index
        }
        return last
    }

    private func lastContent(from start: Int, atLeast column: Int) -> Int {
        var last = start
        for index in lines.indices.dropFirst(start + 1) {
            let text = lines[index].drop { $0 == " " }
            if text.isEmpty || text.hasPrefix("#") { continue }
            guard indent(lines[index]) >= column else { break }
            last = index
        }
        return last
    }

    private mutating func insert(_ new: [String], after line: Int) { lines.insert(contentsOf: new, at: line + 1) }

    private func item(_ draft: WorkloadDraft, indent: Int) -> [String] {
        draft.lines.enumerated().map { pad(indent) + ($0 == 0 ? "- " : "  ") + $1 }
    }

    /// Makes a tier's only workload the first of a list; it gets the name that it goes by.
    private mutating func makeList(_ tier: Int) {
        let first = firstKey(tier + 1) ?? tier + 1
        let (start, end) = (line(first), lastLine(of: tier))
        let old = column(first)
        let new = column(tier) + 2
        for index in start...end where !lines[index].allSatisfy({ $0 == " " }) {
            let rest = lines[index].dropFirst(min(old, indent(lines[index])))
            lines[index] = pad(index == start ? new : new + 2) + (index == start ? "- " : "") + rest
        }
        if entry("name", in: tier + 1) == nil {
            lines[start] = pad(new + 2) + lines[start].dropFirst(new + 2)
            lines.insert(pad(new) + "- name: operator", at: start)
        }
    }
}

/// A file that cannot be edited as it is.
public struct BrokenFile: Error, Sendable {
    public let problems: [Diagnostic]

    public init(problems: [Diagnostic]) { self.problems = problems }
}
