import AccessModel

/// A YAML file of settings, read as strictly as the files of an organisation: mappings within mappings, whose leaves are
/// text or lists of text. What the text means is the caller's.
package struct SettingsFile: Sendable {
    /// One setting that the file gives.
    package struct Entry: Hashable, Sendable {
        /// Its place in the file's mappings: `tls.certificate`.
        package let name: String
        package let texts: [String]
        package let isList: Bool
        package let place: SourceLocation
    }

    package let entries: [Entry]
    package let diagnostics: [Diagnostic]

    /// - Parameters:
    ///   - file: As it is named in diagnostics.
    ///   - names: All that may stand in it.
    package static func read(_ bytes: [UInt8], file: String, names: [String]) -> SettingsFile {
        let outcome = YAMLReader.readWhole(DefinitionFile(path: file, bytes: bytes))
        guard let tree = outcome.tree else { return SettingsFile(entries: [], diagnostics: outcome.diagnostics) }
        var decoder = SchemaDecoder(tree: tree, scope: Scope(connectors: [:]))
        var entries: [Entry] = []
        decoder.readSettings(YAMLTree.root, names, prefix: "", into: &entries)
        return SettingsFile(entries: entries, diagnostics: (outcome.diagnostics + decoder.diagnostics).sorted())
    }
}

extension SchemaDecoder {
    fileprivate mutating func readSettings(
        _ node: Int, _ names: [String], prefix: String, into entries: inout [SettingsFile.Entry]
    ) {
        var heads: [String] = []
        for name in names {
            let head = String(name.prefix { $0 != "." })
            if !heads.contains(head) { heads.append(head) }
        }
        let label = prefix.isEmpty ? "the configuration" : "`\(prefix)`"
        guard let fields = fields(node, Shape(name: label, optional: heads), isRoot: prefix.isEmpty) else { return }
        for head in heads {
            guard let value = fields[head] else { continue }
            let name = prefix.isEmpty ? head : "\(prefix).\(head)"
            let inner = names.filter { $0.hasPrefix(head + ".") }.map { String($0.dropFirst(head.count + 1)) }
            if inner.isEmpty {
                readSetting(value, name, into: &entries)
            } else {
                readSettings(value, inner, prefix: name, into: &entries)
            }
        }
    }

    private mutating func readSetting(_ node: Int, _ name: String, into entries: inout [SettingsFile.Entry]) {
        let isList = tree.kind(node) == .sequence
        let nodes = isList ? list(node, name) ?? [] : [node]
        var texts: [String] = []
        for element in nodes {
            guard let text = text(element, name) else { return }
            texts.append(text)
        }
        entries.append(SettingsFile.Entry(name: name, texts: texts, isList: isList, place: tree.place(node)))
    }
}
