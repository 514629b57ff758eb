import Answers
import ArgumentParser
import ControlPlane
import Definitions
import StrictJSON

struct ValidateCommand: FileCommand {
    static let configuration = CommandConfiguration(
        commandName: "validate", abstract: "Check every file of an organisation, all errors in one run.")

    @Argument(help: "The folder that holds platform.yaml.")
    var directory = "."

    @OptionGroup var options: GlobalOptions

    func run() async throws {
        let console = options.console
        let diagnostics = try await Installation.validate(directory, state: try options.stateFolder)
        if console.format == .json {
            console.print(JSONValue.array(diagnostics.map(\.json)).prettyText)
        } else {
            print(diagnostics, console)
        }
        if diagnostics.contains(where: { $0.severity == .error }) { throw ExitStatus.failed }
    }

    private func print(_ diagnostics: [Diagnostic], _ console: Console) {
        for diagnostic in diagnostics { console.print(DiagnosticLine(diagnostic).text(console.ink)) }
        let errors = diagnostics.count { $0.severity == .error }
        let warnings = diagnostics.count { $0.severity == .warning }
        let summary = errors == 0 ? "the definitions are valid" : "\(errors) \(errors == 1 ? "error" : "errors")"
        console.note(warnings == 0 ? summary : "\(summary), \(warnings) \(warnings == 1 ? "warning" : "warnings")")
    }
}
