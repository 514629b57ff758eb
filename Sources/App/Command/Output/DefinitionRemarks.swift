import Definitions

/// What the files give reason to say where they are planned or applied: every error, and that there is more.
///
/// What concerns people's entries is in the plan's own notes; `validate` says everything.
struct DefinitionRemarks {
    private let diagnostics: [Diagnostic]
    private let directory: String

    init(_ diagnostics: [Diagnostic], directory: String) {
        self.diagnostics = diagnostics
        self.directory = directory
    }

    func lines(_ console: Console) -> [String] {
        let errors = diagnostics.filter { $0.severity == .error }.map { DiagnosticLine($0).text(console) }
        let counts = [count(.warning), count(.note)].compactMap { $0 }
        guard !counts.isEmpty else { return errors }
        let command = directory == "." ? "tenure validate" : "tenure validate \(directory)"
        let verb = diagnostics.count == errors.count + 1 ? "it" : "them"
        return errors + [
            "\(counts.joined(separator: " and ")) about definitions: `\(TextTable.visible(command))` shows \(verb)"
        ]
    }

    private func count(_ severity: Diagnostic.Severity) -> String? {
        let count = diagnostics.count { $0.severity == severity }
        guard count > 0 else { return nil }
        return "\(count) \(severity.rawValue)\(count == 1 ? "" : "s")"
    }
}
