import Answers
import ArgumentParser
import ControlPlane
import Foundation

struct AuditProveCommand: StateCommand {
    static let configuration = CommandConfiguration(
        commandName: "prove", abstract: "Write the proof that a record is in the log; `audit verify` checks it offline."
    )

    @Argument(help: "The record's number.")
    var seq: Int

    @Option(help: "The file to write; standard output otherwise.")
    var out: String?

    @OptionGroup var options: GlobalOptions

    func run() async throws {
        guard let server = try await RemoteServer(options) else {
            return try write(
                try await options.withInstallation { Printout.proof(try await $0.prove(seq)) }.text(.plain) ?? "")
        }
        let call = RemoteCall.get("audit", "records", "\(seq)", "proof")
        try write(try await server.ask(call, accepting: "text/plain").verbatim)
    }

    private func write(_ proof: String) throws {
        guard let out else { return options.console.print(proof) }
        try Data((proof + "\n").utf8).write(to: URL(filePath: out), options: .atomic)
        options.console.note("the proof of record \(seq) is in \(out)")
    }
}
