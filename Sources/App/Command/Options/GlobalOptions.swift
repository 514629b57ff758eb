import ArgumentParser
import Foundation

/// What every command takes.
struct GlobalOptions: ParsableArguments {
    @Option(name: [.customShort("o"), .long], help: "How to print: text or json; plan also takes markdown.")
    var output: OutputFormat = .text

    @Option(help: "Where the state is kept: a path. Default: $TENURE_STATE, or .tenure/tenure.db.")
    var state: String?

    @Option(name: .customLong("as"), help: "Who is acting, an id or an e-mail; recorded as asserted.")
    var actor: String?

    @Flag(help: "No colour, whatever the terminal can do.")
    var noColor = false

    /// The path of the embedded database.
    var statePath: String {
        state ?? ProcessInfo.processInfo.environment["TENURE_STATE"].flatMap { $0.isEmpty ? nil : $0 }
            ?? ".tenure/tenure.db"
    }

    var console: Console { Console(format: output, allowsColor: !noColor) }
}

/// How a command prints its result.
enum OutputFormat: String, ExpressibleByArgument, CaseIterable {
    case text
    case json
    case markdown
}
