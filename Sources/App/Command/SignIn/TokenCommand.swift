import Answers
import ArgumentParser
import SignIn

struct TokenCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "token", abstract: "Tokens: whether one is genuine, and why it is accepted or refused.",
        subcommands: [TokenVerifyCommand.self, TokenInspectCommand.self])
}

/// What the commands that look at a token have in common.
struct TokenArgument: ParsableArguments {
    @Argument(help: "The token in compact form; `-` reads it from standard input, where nobody else sees it.")
    var token: String

    /// The text, without the line feed at the end of a file.
    func text() throws -> String {
        guard token == "-" else { return token }
        var bytes = try InputFile.read("-")
        if bytes.last == UInt8(ascii: "\n") { bytes.removeLast() }
        return String(decoding: bytes, as: UTF8.self)
    }
}

extension Console {
    /// Claim by claim.
    func show(_ verdict: TokenVerdict, accepted: String) {
        var table = TextTable("", "CLAIM", "WANTED", "FOUND", "WHY NOT")
        for finding in verdict.findings {
            table.add(
                finding.isAccepted ? "ok" : "no", finding.claim, finding.wanted, finding.found ?? "-",
                finding.refusal ?? "")
        }
        print(table.text(ink))
        print(verdict.isAccepted ? styled(accepted, .green) : styled("refused", .red))
    }
}
