import AccessModel
import ArgumentParser
import AuditTrail
import ControlPlane

struct BreakGlassSealCommand: StateCommand {
    static let configuration = CommandConfiguration(
        commandName: "seal", abstract: "Write a grant for admins to sign; needs the state or a server, unlike its use.")

    @Option(help: "The group it lets into: payments/live/admin, or its slug.")
    var group: String

    @Option(help: "Who may use it, an id or an e-mail.")
    var person: String

    @Option(help: "The target in which it is opened.")
    var target: String

    @Option(name: .customLong("for"), help: "How long it is open once it is used: 1h or PT1H.")
    var duration: Span

    @Option(help: "Until when it may be used: a time, or a date (00:00 UTC).")
    var validUntil: Instant

    @Option(help: "What it is for.")
    var reason: String

    @Option(help: "The file to write; it must not be there yet.")
    var out: String

    @OptionGroup var options: GlobalOptions

    func run() async throws {
        let note = try await seal()
        try SealedBreakGlass.keep(note, at: out)
        let console = options.console
        if console.format == .json {
            console.print(note.grant.json.prettyText)
            return
        }
        console.print("\(console.styled(note.grant.id, .bold))  \(note.grant.group)  \(note.grant.person)")
        console.note("have it signed: `tenure break-glass sign \(out) --key KEY`")
    }

    private func seal() async throws -> SealedNote {
        if let server = try await RemoteServer(options) {
            return try await server.seal(
                .post(
                    "break-glass", "sealed",
                    body: [
                        .init("group", group), .init("person", person), .init("target", target),
                        .init("duration", duration), .init("valid_until", validUntil), .init("reason", reason),
                    ], repeats: .always))
        }
        let wish = SealedWish(
            group: group, person: person, target: target, duration: duration, validUntil: validUntil, reason: reason)
        return try await options.withInstallation { installation in
            try await LifecycleDenial.run { try await installation.seal(wish) }
        }
    }
}

extension RemoteServer {
    /// - Throws: `AuditError` where the answer holds no sealed grant.
    fileprivate func seal(_ call: RemoteCall) async throws -> SealedNote {
        let answer = try await ask(call, accepting: "application/json")
        guard let file = try answer.json()["file"]?.string else { throw answer.incomprehensible }
        return try SealedNote(reading: Array(file.utf8))
    }
}
