import Definitions

/// What the files give reason to say where they are planned or applied: every error, what is left behind in a target
/// that is gone, and that there is more.
///
/// What concerns people's entries is in the plan's own notes; `validate` says everything.
struct DefinitionRemarks {
    private let said: [Diagnostic]
    private let counted: [Diagnostic]
    private let directory: String

    init(_ diagnostics: [Diagnostic], directory: String) {
        // Access that nobody takes away any more is not a matter of style.
        let isSaid: (Diagnostic) -> Bool = { $0.severity == .error || $0.code == "unmanaged-target" }
        said = diagnostics.filter(isSaid)
        counted = diagnostics.filter { !isSaid($0) }
        self.directory = directory
    }

    func lines(_ ink: Ink) -> [String] {
        let lines = said.map { DiagnosticLine($0).text(ink) }
        let counts = [count(.warning), count(.note)].compactMap { $0 }
        guard !counts.isEmpty else { return lines }
        let command = directory == "." ? "tenure validate" : "tenure validate \(directory)"
        let verb = counted.count == 1 ? "it" : "them"
        return lines + [
            "\(counts.joined(separator: " and ")) about definitions: `\(TextTable.visible(command))` shows \(verb)"
        ]
    }

    private func count(_ severity: Diagnostic.Severity) -> String? {
        let count = counted.count { $0.severity == severity }
        guard count > 0 else { return nil }
        return "\(count) \(severity.rawValue)\(count == 1 ? "" : "s")"
    }
}
