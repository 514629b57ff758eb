import AccessModel
import ControlPlane
import Definitions
import Lifecycle
import StrictJSON

/// What a deed tells while it goes on.
public struct DeedReport: Sendable {
    /// Remarks that are worth more before the end than after it; nil where nobody is there yet to read them, and they
    /// come with what is said at the end.
    let early: (@Sendable ([Printout.Remark]) -> Void)?
    let progress: @Sendable (_ done: Int, _ total: Int) -> Void
    let ink: Ink

    public init(
        ink: Ink, early: (@Sendable ([Printout.Remark]) -> Void)?,
        progress: @escaping @Sendable (_ done: Int, _ total: Int) -> Void
    ) {
        self.ink = ink
        self.early = early
        self.progress = progress
    }

    /// Everything is said at the end.
    public static let silent = DeedReport(ink: .plain, early: nil) { _, _ in }
}

extension Installation {
    /// Makes a survey's plan happen, and says what came of it.
    ///
    /// - Parameters:
    ///   - isShown: Whether the plan, with what there is to say of the definitions, was shown just before.
    ///   - sweep: What had ended and was taken away before.
    public func deed(
        applying surveyed: Surveyed, isShown: Bool = false, after sweep: Reconciler.Sweep?, patience: Span,
        _ report: DeedReport
    ) async throws -> Printout {
        let beforehand = Printout.beforehand(surveyed, isShown: isShown, report.ink)
        report.early?(beforehand)
        var applied = try await apply(surveyed, patience: patience, progress: report.progress)
        applied.outcome.sweep = sweep
        let printout = Printout.applied(applied)
        return report.early == nil ? printout.preceded(by: beforehand) : printout
    }

    /// Makes the definitions in force hold again, and whatever is due.
    public func reconcile(person: String?, patience: Span, _ report: DeedReport) async throws -> Printout {
        let sweep = try await endOverdue()
        return try await deed(
            applying: try await surveyInForce(person: person), after: sweep, patience: patience, report)
    }

    /// Takes an event in; what follows for its person is made to happen where a patience is given.
    ///
    /// - Parameter file: What remarks call it.
    public func take(
        event bytes: [UInt8], file: String, applying patience: Span?, _ report: DeedReport
    ) async throws -> Printout {
        let receipt = try await people().accept(bytes)
        guard let patience, receipt.outcome != .held else { return .event(receipt, file: file, isLast: true) }
        let event = receipt.event
        let taken = Printout.event(receipt, file: file, isLast: false)
        guard let state = try await people().state(of: event.person, at: now) else {
            let note =
                event.effective > now
                ? Self.waiting(event.person, until: event.effective) : "nothing follows until HR names \(event.person)"
            return taken.then(Printout(text: { _ in nil }, json: { receipt.json }, remarks: { _ in [.note(note)] }))
        }
        var applied = try await reconcile(person: event.person.text, patience: patience, report)
        if applied.status == .changes { applied.status = .done }
        let moment = Self.waits(event, state, at: now)
        let note = moment.map { Printout.Remark.note(Self.waiting(event.person, until: $0)) }
        return taken.then(applied.followed(by: note.map { [$0] } ?? []))
    }

    /// When the event comes to count, where that is not yet: at its own time, or on the person's first day.
    private static func waits(_ event: HREvent, _ state: PersonState, at now: Instant) -> Instant? {
        if event.effective > now { return event.effective }
        if case .notStarted = state.presence { return state.nextChange }
        return nil
    }

    private static func waiting(_ person: PersonID, until moment: Instant) -> String {
        "this takes effect for \(person) at \(moment); `tenure reconcile` or an apply after that does the rest"
    }

    /// Gives a stalled step up.
    public func skip(_ step: Int, of id: String, reason: String) async throws -> Printout {
        try await skipStep(id, step, reason: reason)
        return .caseDeed(try await showCase(id), "step \(step) of \(id) is skipped")
    }

    /// Ends a case before its end.
    public func cancel(_ id: String, undoing: Bool, reason: String) async throws -> Printout {
        let cancellation = try await cancelCase(id, undoing: undoing, reason: reason)
        return .caseDeed(
            try await showCase(id),
            "\(id) is cancelled: \(cancellation.ended) steps ended, \(cancellation.undoing) to undo")
    }

    /// What is planned to be told, and what is on its way.
    public func waitingNotices(all: Bool) async throws -> [WaitingNotice] {
        let deliveries = try await notices(all: all)
        return try await plannedNotices().map(WaitingNotice.planned) + deliveries.map(WaitingNotice.underway)
    }
}

extension Printout {
    func preceded(by remarks: [Remark]) -> Printout {
        var printout = Printout(
            status: status, text: { self.text($0) }, json: { self.json }, remarks: { remarks + self.remarks($0) })
        printout.markdown = markdown
        return printout
    }

    func followed(by remarks: [Remark]) -> Printout {
        Printout(
            status: status, text: { self.text($0) }, json: { self.json }, remarks: { self.remarks($0) + remarks })
    }

    /// Both in one; in JSON the later one, which holds more.
    func then(_ next: Printout) -> Printout {
        Printout(
            status: next.status,
            text: { ink in
                let texts = [self.text(ink), next.text(ink)].compactMap(\.self)
                return texts.isEmpty ? nil : texts.joined(separator: "\n")
            }, json: { next.json }, remarks: { self.remarks($0) + next.remarks($0) })
    }
}
