import ArgumentParser
import ControlPlane
import Foundation

struct AuditProveCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "prove", abstract: "Write the proof that a record is in the log; `audit verify` checks it offline."
    )

    @Argument(help: "The record's number.")
    var seq: Int

    @Option(help: "The file to write; standard output otherwise.")
    var out: String?

    @OptionGroup var options: GlobalOptions

    func run() async throws {
        let proof = try await options.withInstallation { installation in try await installation.prove(seq) }
        guard let out else {
            options.console.print(String(decoding: proof.encoded, as: UTF8.self).trimmingCharacters(in: .newlines))
            return
        }
        try Data(proof.encoded).write(to: URL(filePath: out), options: .atomic)
        options.console.note("the proof of record \(seq) is in \(out)")
    }
}
