import AccessModel
import ArgumentParser
import ControlPlane
import Definitions

struct WorkloadCreateCommand: FileCommand {
    static let configuration = CommandConfiguration(
        commandName: "create", abstract: "Declare a workload in its tenant's file.",
        discussion: """
            It is trusted by what its tokens say (--issuer, --subject, --audience), or has a secret (--secret-ttl). Nothing is \
            provisioned: the file is changed, and plan and apply do the rest, here or where the change is merged.
            """)

    @OptionGroup var edit: WorkloadEditOptions

    @Option(help: "Who answers for it, an e-mail.")
    var owner: String

    @Option(help: "The last day on which it counts, 2027-03-31, or a time, 2027-03-31T18:00:00Z.")
    var until: String

    @Option(help: "Who issues its tokens, an https address.")
    var issuer: String?

    @Option(help: "Whom they are about, exactly.")
    var subject: String?

    @Option(help: "For whom they are.")
    var audience: String?

    @Option(help: "Instead of tokens: how old its secret may get, 30d.")
    var secretTTL: String?

    @OptionGroup var options: GlobalOptions

    func run() async throws {
        let name = edit.workload
        guard let owner = EmailAddress(owner) else {
            throw ValidationError("`\(owner)` is no e-mail address; name the person who answers for the workload")
        }
        let draft = WorkloadDraft(tier: name.tier, name: name.name, proof: try proof(), owner: owner, until: until)
        let made = try WorkloadFile(edit.directory).add(draft, to: name.tenant, isDry: edit.dryRun)
        options.console.show(made, isDry: edit.dryRun)
    }

    private func proof() throws -> WorkloadDraft.Proof {
        let given = [issuer, subject, audience].compactMap(\.self)
        if let secretTTL {
            guard given.isEmpty else {
                throw ValidationError("a workload with a secret has no --issuer, --subject and --audience")
            }
            return .secret(timeToLive: secretTTL)
        }
        guard let issuer, let subject, let audience else {
            throw ValidationError("a workload needs --issuer, --subject and --audience, or --secret-ttl")
        }
        return .tokens(issuer: issuer, subject: subject, audience: audience)
    }
}
