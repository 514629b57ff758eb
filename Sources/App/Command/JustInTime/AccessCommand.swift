import AccessModel
import Answers
import ArgumentParser
import ControlPlane
import Lifecycle

struct AccessCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "access", abstract: "Just-in-time access: ask, agree, give back; and break the glass.",
        discussion: "Who acts is given with --as, and recorded as asserted; with --server it is who signed in.",
        subcommands: [
            Request.self, List.self, Show.self, Approve.self, Deny.self, Release.self, Extend.self, Edit.self,
            Withdraw.self, BreakGlass.self, Review.self,
        ], defaultSubcommand: List.self)
}

/// One access command from its beginning to its end: what is overdue first, then the deed, then the targets.
struct AccessRun: Sendable {
    let installation: Installation
    var wait = Span.seconds(30)

    init(_ installation: Installation, wait: Span = .seconds(30)) {
        self.installation = installation
        self.wait = wait
    }

    /// - Parameter deed: At the desk; what it returns is printed, and carried out where it has a window that is due.
    func run(_ deed: (AccessDesk) async throws -> AccessTicket) async throws -> Printout {
        let installation = try await installation.afterOverdue()
        let ticket = try await deed(try await installation.accessDesk())
        return .deed(try await carryOut(ticket, installation), for: .asserted)
    }

    /// The same where nothing follows in the targets.
    func only(_ deed: (AccessDesk) async throws -> AccessTicket) async throws -> Printout {
        .ticket(try await deed(try await installation.afterOverdue().accessDesk()), for: .asserted)
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
