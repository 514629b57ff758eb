import AccessModel
import Answers
import ArgumentParser
import ControlPlane
import SignIn

struct TokenInspectCommand: FileCommand {
    static let configuration = CommandConfiguration(
        commandName: "inspect", abstract: "Explain, claim by claim, why a runner's token is accepted or refused.",
        discussion: """
            It is held against the workloads that the definitions declare: those in force, or those of --definitions. Keys \
            come from --jwks, or else from the issuer, if it is declared. Nothing is exchanged. Exits 0 for a token that \
            would be exchanged, 1 for any other.
            """)

    @OptionGroup var argument: TokenArgument

    @Option(help: "The folder that holds platform.yaml, instead of the definitions in force.")
    var definitions: String?

    @Option(help: "The issuer's keys, a key set as JSON; without it the issuer is asked.")
    var jwks: String?

    @Option(help: "The operator group that is asked for, where a subject is declared for several.")
    var scope: String?

    @Option(help: "When it has to be good; now, where this is left out.")
    var at: Instant?

    @OptionGroup var options: GlobalOptions

    func run() async throws {
        let group = scope.flatMap { Group($0) }
        guard scope == nil || group?.role == .operator else {
            throw ValidationError("--scope names an operator group: payments/live/operator")
        }
        let organization = try await TokenInspection.organization(definitions, try options.stateFolder)
        let inspection = try await TokenInspection.inspect(
            try argument.text(), organization: organization, jwks: try jwks.map { try InputFile.read($0) },
            group: group, at: try at ?? InstallationClock().now())
        let console = options.console
        if console.format == .json {
            console.print(inspection.json.prettyText)
        } else {
            let workload = inspection.workload?.identity.description ?? ""
            console.show(
                inspection.verdict,
                accepted:
                    "accepted: it is \(workload), and would get a token for \(inspection.group?.description ?? "")")
        }
        if !inspection.verdict.isAccepted { throw ExitStatus.failed }
    }
}
