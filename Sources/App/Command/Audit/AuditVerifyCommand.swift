import Answers
import ArgumentParser
import AuditTrail
import ControlPlane
import StrictJSON

struct AuditVerifyCommand: FileCommand {
    static let configuration = CommandConfiguration(
        commandName: "verify", abstract: "Verify an export or a proof with the public key alone: no server, no state.")

    @Argument(help: "What `audit export` or `audit prove` wrote.")
    var file: String

    @Option(help: "The public key, or the file that holds it (tenure.pub).")
    var key: String

    @Option(help: "A signed checkpoint from before; the log must begin with what it signed.")
    var checkpoint: String?

    @Flag(help: "The file is the proof of one record.")
    var proof = false

    @OptionGroup var options: GlobalOptions

    func run() async throws {
        let console = options.console
        if proof {
            let entry = try Installation.verifyProof(file, key: key)
            console.print(
                console.format == .json
                    ? entry.json.prettyText
                    : "record \(entry.seq) is in the log: \(entry.record.type) at \(entry.record.at)")
            return
        }
        let report = try Installation.verify(file, key: key, held: checkpoint)
        if console.format == .json {
            console.print(report.json.prettyText)
        } else {
            console.print(console.styled(report.text, report.isGenuine ? .green : .red))
        }
        if !report.isGenuine { throw ExitStatus.failed }
    }
}
