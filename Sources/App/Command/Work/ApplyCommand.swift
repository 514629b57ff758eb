import AccessModel
import Answers
import ArgumentParser
import ControlPlane
import Glibc
import StrictJSON

struct ApplyCommand: StateCommand {
    static let configuration = CommandConfiguration(
        commandName: "apply", abstract: "Make a reviewed plan, or the plan of a folder, happen.",
        discussion: """
            A plan file is applied only if planning anew gives the same hash. What an earlier apply left open goes on, \
            too.
            """)

    @Argument(help: "A file that `plan --out` wrote, or the folder that holds platform.yaml.")
    var source = "."

    @Option(help: "Only what concerns this person, an id or an e-mail.")
    var person: String?

    @Option(help: "How long to wait for targets that ask to be tried again later: 30s, 5m or PT5M.")
    var wait = Span.seconds(30)

    @Flag(name: .shortAndLong, help: "Do not ask.")
    var yes = false

    @Flag(help: "Exit with 2 when there were changes.")
    var detailedExitcode = false

    @OptionGroup var options: GlobalOptions

    func run() async throws {
        let reviewed = try ReviewedPlan.ifFile(source)
        let ended =
            if let server = try await RemoteServer(options) {
                try await ask(server, reviewed)
            } else {
                try await apply(reviewed)
            }
        let status = ended == .changes && !detailedExitcode ? .done : ended
        guard status == .done else { throw status }
    }

    private func apply(_ reviewed: ReviewedPlan?) async throws -> ExitStatus {
        try await options.withInstallation { installation in
            let console = options.console
            let sweep = try await installation.endOverdue()
            let surveyed =
                if let reviewed {
                    try await installation.survey(reviewed)
                } else {
                    try await installation.survey(source, person: person)
                }
            let isShown = reviewed == nil && surveyed.survey.plan.hasWork && asks
            if isShown {
                Console(format: .text, allowsColor: console.ink.usesColor).show(.plan(surveyed))
                try confirm()
            }
            let progress = console.progress("applying")
            let printout = try await installation.deed(
                applying: surveyed, isShown: isShown, after: sweep, patience: wait, progress.report)
            progress.finish()
            console.show(printout)
            return printout.status
        }
    }

    private func ask(_ server: RemoteServer, _ reviewed: ReviewedPlan?) async throws -> ExitStatus {
        let body: [RemoteCall.Member?]
        if let reviewed {
            body = [.init("plan", reviewed.json)]
        } else {
            let upload = try DefinitionUpload(folder: source)
            let files: [RemoteCall.Member?] = [
                .init("definitions", upload.json), .init("directory", InputFile.shown(source)), .init("person", person),
            ]
            body = files + [.init("hash", asks ? try await shown(server, files) : nil)]
        }
        let call = RemoteCall.post("applies", body: body + [.init("wait", wait)], repeats: .byKey)
        return try await server.show(call.waiting(wait), on: options.console)
    }

    /// The hash of the plan that was shown and agreed to; nil where there is nothing to agree to.
    private func shown(_ server: RemoteServer, _ files: [RemoteCall.Member?]) async throws -> String? {
        let call = RemoteCall.post("plans", body: files, repeats: .always).waiting(wait)
        let plan = try await server.ask(call, accepting: "text/plain")
        guard plan.status != .done else { return nil }
        _ = try server.print(plan, on: Console(format: .text, allowsColor: false))
        try confirm()
        return plan.tag
    }

    /// On a terminal; elsewhere the command itself is the answer.
    private var asks: Bool { !yes && isatty(STDIN_FILENO) == 1 && isatty(STDOUT_FILENO) == 1 }

    private func confirm() throws {
        options.console.note("\nApply these changes? Only `yes` does.")
        guard readLine() == "yes" else {
            options.console.note("nothing was changed")
            throw ExitStatus.failed
        }
    }
}
