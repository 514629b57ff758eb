import ArgumentParser
import ControlPlane

struct BackupCommand: KeeperCommand {
    static let configuration = CommandConfiguration(
        commandName: "backup", abstract: "Copy the database as it is now to a new file, while everything goes on.",
        discussion: """
            FILE.manifest beside it says what it holds. The key and the checkpoint outside of the database are not in \
            it: keep copies of them elsewhere.
            """)

    @Argument(help: "The file; one that is not there yet.")
    var file: String

    @OptionGroup var options: GlobalOptions

    func run() async throws {
        let console = options.console
        let manifest = try await options.withInstallation { installation in try await installation.backUp(to: file) }
        if console.format == .json {
            console.print(manifest.json.prettyText)
        } else {
            console.print("\(manifest.contents.records) records, \(manifest.file.bytes) bytes, in \(file)")
        }
    }
}
