import ArgumentParser
import ControlPlane
import Foundation

/// How a server is configured, from the command line.
struct ConfigurationOptions: ParsableArguments {
    @Option(help: "The configuration file. Default: $TENURE_CONFIG, or none.")
    var config: String?

    @Option(help: "A setting, before all others: `--set listen.port=8443`. May be given several times.")
    var set: [String] = []

    func validate() throws {
        for text in set where !text.contains("=") {
            throw ValidationError("write `--set NAME=VALUE`, such as `--set listen.port=8443`")
        }
    }

    /// What is configured; with errors where something is wrong.
    ///
    /// - Parameter further: Options of the command's own, which come after `--set`.
    func read(_ further: [ServerConfiguration.Flag] = []) -> ServerConfiguration {
        let environment = ProcessInfo.processInfo.environment
        let file = config ?? environment["TENURE_CONFIG"].flatMap { $0.isEmpty ? nil : $0 }
        let flags = set.map { text in
            let parts = text.split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false).map(String.init)
            return ServerConfiguration.Flag("--set \(parts[0])", parts[0], parts.count == 2 ? parts[1] : "")
        }
        return ServerConfiguration.read(file: file, environment: environment, flags: flags + further)
    }
}
