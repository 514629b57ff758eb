import Definitions

/// A diagnostic as compilers print it: `file:line:column: error: message`.
public struct DiagnosticLine {
    private let diagnostic: Diagnostic

    public init(_ diagnostic: Diagnostic) { self.diagnostic = diagnostic }

    public func text(_ ink: Ink) -> String {
        let style: Ink.Style =
            switch diagnostic.severity {
            case .error: .red
            case .warning: .yellow
            case .note: .dim
            }
        let severity = ink.styled(diagnostic.severity.rawValue + ":", style)
        return "\(diagnostic.place): \(severity) \(TextTable.visible(diagnostic.message))"
    }
}
