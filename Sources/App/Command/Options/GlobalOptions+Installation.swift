import AccessModel
import Answers
import ControlPlane

extension GlobalOptions {
    /// Opens the installation, runs `body`, and closes it again: what was recorded is then under a signed checkpoint,
    /// whether `body` returned or threw.
    ///
    /// - Parameter telling: Whether notices that are due are told at the end, for a few seconds at most; whatever comes
    ///   of that, the command ends as it would have.
    func withInstallation<Value: Sendable>(
        creating: Bool = false, telling: Bool = true, _ body: @Sendable (Installation) async throws -> Value
    ) async throws -> Value {
        let installation = try await Installation.open(try stateFolder, as: actor, creating: creating)
        Self.complain(of: installation.clockReading)
        do {
            let value = try await body(installation)
            if telling { await tell(installation) }
            try await installation.close()
            return value
        } catch {
            if telling { await tell(installation) }
            do {
                try await installation.close()
            } catch let second {
                // What went wrong first is what the command ends with; the other is not kept quiet.
                Console.complain("error: \(TextTable.visible("\(second)"))")
            }
            throw error
        }
    }

    private static func complain(of reading: ClockReading) {
        guard let lead = reading.lead else { return }
        Console.complain(
            "warning: the clock is \(lead) ahead of the time that has passed since this machine started: it was set, or "
                + "the machine stood still. What is to begin at a time waits for it by \(reading.vouched); what ends "
                + "does not wait. Where the clock is right: `tenure clock confirm --reason ...`")
    }

    /// How long a command stays for notices at most.
    private static let patienceForNotices = Span.seconds(5)

    private func tell(_ installation: Installation) async {
        do {
            let summary = try await installation.deliverNotices(budget: Self.patienceForNotices)
            if let summary { NoticeRemarks.complain(of: summary) }
        } catch {
            NoticeRemarks.complain(of: .failure(error))
        }
    }
}
