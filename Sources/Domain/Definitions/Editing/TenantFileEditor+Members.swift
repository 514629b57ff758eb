import AccessModel

extension TenantFileEditor {
    /// Takes a person out of the role list that names them: their line goes, with the remark at its end, and nothing
    /// else. A list that names nobody then is written as `[]`.
    ///
    /// - Throws: What keeps it from being done so: a list in brackets, or no such entry.
    public mutating func remove(_ email: EmailAddress) throws(BrokenFile) {
        guard let members = entry("members", in: YAMLTree.root) else { throw unknown(email) }
        try refuseFlow(members + 1, "`members`")
        for list in tree.keys(members + 1) {
            let elements = Array(tree.elements(list + 1))
            guard let element = elements.first(where: { EmailAddress(tree.string($0)) == email }) else { continue }
            try refuseFlow(list + 1, "`\(tree.string(list))`")
            let index = line(element)
            // An entry of one line, of its own.
            let isAlone = elements.allSatisfy { $0 == element || line($0) != index } && line(list) != index
            let text = lines[index].drop { $0 == " " }
            guard isAlone, text.hasPrefix("-"), text.dropFirst().first == " " else { throw unknown(email) }
            lines.remove(at: index)
            guard elements.count == 1 else { return }
            let key = line(list)
            let end = column(list) + tree.string(list).count + 1
            guard lines[key].count >= end, lines[key].prefix(end).hasSuffix(":") else { throw unknown(email) }
            lines[key] = String(lines[key].prefix(end)) + " []" + String(lines[key].dropFirst(end))
            return
        }
        throw unknown(email)
    }

    private func unknown(_ email: EmailAddress) -> BrokenFile {
        BrokenFile(problems: [
            Diagnostic(
                severity: .error, code: "unknown-person", place: tree.place(YAMLTree.root),
                message: "`\(email)` stands on no line of its own in a role list of this file")
        ])
    }
}
