import Definitions

/// A diagnostic as compilers print it: `file:line:column: error: message`.
struct DiagnosticLine {
    private let diagnostic: Diagnostic

    init(_ diagnostic: Diagnostic) { self.diagnostic = diagnostic }

    func text(_ console: Console) -> String {
        let style: Console.Style =
            switch diagnostic.severity {
            case .error: .red
            case .warning: .yellow
            case .note: .dim
            }
        let severity = console.styled(diagnostic.severity.rawValue + ":", style)
        return "\(diagnostic.place): \(severity) \(TextTable.visible(diagnostic.message))"
    }
}
