import ArgumentParser
import ControlPlane
import Foundation
import Persistence

/// What every command takes.
struct GlobalOptions: ParsableArguments {
    @Option(name: [.customShort("o"), .long], help: "How to print: text or json; plan also takes markdown.")
    var output: OutputFormat = .text

    @Option(help: "Where the state is kept: a path, or postgres://. Default: $TENURE_STATE, or .tenure/tenure.db.")
    var state: String?

    @Option(
        help: "Ask this server in place of a state of one's own: https://tenure.example.com. Default: $TENURE_SERVER.")
    var server: String?

    @Option(
        help: "The folder of the signing key and the last checkpoint. Default: $TENURE_KEYS, or beside the state.")
    var keys: String?

    @Option(name: .customLong("as"), help: "Who is acting, an id or an e-mail; recorded as asserted.")
    var actor: String?

    @Flag(help: "No colour, whatever the terminal can do.")
    var noColor = false

    func validate() throws {
        if server != nil, state != nil || keys != nil {
            throw ValidationError("--server is in place of a state of one's own; leave --state and --keys out")
        }
    }

    static let whoActs = "on a server, who acts is who signed in: leave --as out, and `tenure login` as them"

    /// The server to ask; nil to work on the state of one's own. A state that is named on the command line comes before
    /// a server that only the environment names.
    var serverAddress: String? {
        server ?? (state == nil && keys == nil ? Self.environment("TENURE_SERVER") : nil)
    }

    /// The state, and the files that stand outside of it.
    var stateFolder: StateFolder {
        get throws {
            var folder = StateFolder(
                database: state ?? Self.environment("TENURE_STATE") ?? ".tenure/tenure.db",
                keys: keys ?? Self.environment("TENURE_KEYS"))
            folder.dataKeys = try Self.dataKeys()
            return folder
        }
    }

    /// As the server on this machine is configured, by the environment alone.
    private static func dataKeys() throws -> DataKeyRing? {
        let file = environment("TENURE_CONFIG")
        guard file != nil || environment("TENURE_DATA_KEY_CURRENT") != nil else { return nil }
        let variables = ProcessInfo.processInfo.environment
        return try ServerConfiguration.read(file: file, environment: variables).dataKeys(variables)
    }

    static func environment(_ name: String) -> String? {
        ProcessInfo.processInfo.environment[name].flatMap { $0.isEmpty ? nil : $0 }
    }

    var console: Console { Console(format: output, allowsColor: !noColor) }
}

/// How a command prints its result.
enum OutputFormat: String, ExpressibleByArgument, CaseIterable {
    case text
    case json
    case markdown
}
