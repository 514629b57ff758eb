import AccessModel
import ArgumentParser
import ControlPlane
import Lifecycle

struct AccessCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "access", abstract: "Just-in-time access: ask, agree, give back; and break the glass.",
        discussion: "Who acts is given with --as, and recorded as asserted.",
        subcommands: [
            Request.self, List.self, Show.self, Approve.self, Deny.self, Release.self, Extend.self, Edit.self,
            Withdraw.self, BreakGlass.self, Review.self,
        ], defaultSubcommand: List.self)
}

/// One access command from its beginning to its end: what is overdue first, then the deed, then the targets.
struct AccessRun: Sendable {
    let options: GlobalOptions
    var wait = Span.seconds(30)

    /// - Parameter deed: At the desk; what it returns is printed, and carried out where it has a window that is due.
    func run(_ deed: @escaping @Sendable (AccessDesk) async throws -> AccessTicket) async throws {
        try await options.withInstallation { opened in
            let installation = try await opened.afterOverdue()
            let desk = try await installation.accessDesk()
            let ticket = try await refusing { try await deed(desk) }
            let final = try await carryOut(ticket, installation)
            AccessText(console: options.console).print(final)
            if final.isDenied {
                for refusal in final.refusals { Console.complain("denied: \(TextTable.visible(refusal))") }
                throw ExitStatus.heldOrDenied
            }
            if let window = final.window, [.opening, .closing].contains(window.state) {
                Console.complain("\(window.id) is \(window.state.rawValue) still; `tenure reconcile` goes on with it")
                throw ExitStatus.failed
            }
        }
    }

    /// A denial ends a command with 3, whoever it is that denies.
    private func refusing<Value>(_ body: () async throws -> Value) async throws -> Value {
        try await LifecycleDenial.run(body)
    }

    private func carryOut(_ ticket: AccessTicket, _ installation: Installation) async throws -> AccessTicket {
        guard let window = ticket.window, window.closedAt == nil, window.from <= installation.now else { return ticket }
        let applied = try await installation.tellingMeanwhile(report: NoticeRemarks.complain) {
            try await installation.carryOut(for: window.person, patience: wait)
        }
        for unread in applied.surveyed.survey.unread {
            Console.complain(UnreadTargetLine(unread, directory: applied.surveyed.directory).text)
        }
        return try await installation.accessDesk().show(ticket.id)
    }
}
