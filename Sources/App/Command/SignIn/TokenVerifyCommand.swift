import AccessModel
import Answers
import ArgumentParser
import ControlPlane
import SignIn

struct TokenVerifyCommand: FileCommand {
    static let configuration = CommandConfiguration(
        commandName: "verify", abstract: "Verify a token offline, with an issuer's keys from a file.",
        discussion: "Exits 0 for a token that is accepted, 1 for any other.")

    @OptionGroup var argument: TokenArgument

    @Option(help: "The issuer's keys: a key set, or one key, as JSON.")
    var jwks: String

    @Option(help: "The issuer, exactly as `iss` has it.")
    var iss: String?

    @Option(help: "For whom the token has to be, exactly as `aud` has it.")
    var aud: String?

    @Option(help: "Whom `azp` may name besides the audience; may be repeated.")
    var azp: [String] = []

    @Option(help: "What kind of token: access, identity, workload, own or any.")
    var type: TokenRules.Kind = .any

    @Option(help: "When it has to be good; now, where this is left out.")
    var at: Instant?

    @Option(help: "By how much the clocks may differ, at most 60s.")
    var leeway: Span = .seconds(30)

    @Flag(help: "Check the signature alone, by the key's own algorithm.")
    var signatureOnly = false

    @OptionGroup var options: GlobalOptions

    func validate() throws {
        if signatureOnly {
            guard iss == nil, aud == nil, azp.isEmpty, at == nil else {
                throw ValidationError("--signature-only looks at no claims; leave --iss, --aud, --azp and --at out")
            }
        } else {
            guard iss != nil, aud != nil else {
                throw ValidationError("a token is for somebody: name --iss and --aud (or --signature-only)")
            }
        }
        guard leeway <= .minutes(1) else { throw ValidationError("--leeway is at most 60s") }
    }

    func run() async throws {
        let console = options.console
        let set = try KeySet(parsing: try InputFile.read(jwks), takesPrivate: true, takesOne: true)
        for skipped in set.skipped {
            console.note(
                "key \(skipped.id.map { "`\(TextTable.visible($0))`" } ?? "number \(skipped.index + 1)") is not used: \(skipped.reason)"
            )
        }
        let verdict = try verdict(set)
        if console.format == .json {
            console.print(verdict.json.prettyText)
        } else {
            console.show(verdict, accepted: signatureOnly ? "the signature is genuine" : "accepted")
        }
        if !verdict.isAccepted { throw ExitStatus.failed }
    }

    private func verdict(_ set: KeySet) throws -> TokenVerdict {
        let text = try argument.text()
        guard !signatureOnly, let iss, let aud else { return .judgeSignature(of: text, set) }
        var rules = TokenRules(
            issuer: iss, audience: aud, kind: type, authorizedParties: Set(azp).union([aud]),
            algorithms: Set(SigningAlgorithm.allCases))
        rules.leeway = leeway
        return .judge(text, by: rules, set, at: try at ?? InstallationClock().now())
    }
}

extension TokenRules.Kind: ExpressibleByArgument {}
