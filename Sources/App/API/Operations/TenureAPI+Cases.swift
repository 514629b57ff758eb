import AccessModel
import Answers
import ControlPlane
import StrictJSON
import WebServer
import WorkflowEngine

extension TenureAPI {
    private static let wait = Schema.Property.optional(
        "wait", .formatted(.duration), "how long to wait for targets; 5s where left out")
    private static let reason = Schema.Property.required("reason", .text(maximum: 2_000, minimum: 1), "why")
    private static let shown = Operation.Answer.printed(.named("CaseDetail"), "the case as it is now")

    static let caseOperations = [
        Operation(
            id: "listCases", method: .get, pattern: "/api/v1/cases", tag: "cases",
            summary: "Cases that you may see, the newest first.", access: .signedIn,
            query: Page.parameters + [
                Operation.Parameter(name: "open", schema: .boolean, summary: "only those that are not over"),
                Operation.Parameter(name: "stalled", schema: .boolean, summary: "only those that need a person"),
                Operation.Parameter(name: "person", schema: .text(minimum: 1), summary: "only those of this person"),
            ], answers: [.printed(Page.schema("Case"), "a page")]
        ) { call in
            var filter = CaseFilter()
            filter.isOpen = try call.request.query.flag("open")
            filter.isStalled = try call.request.query.flag("stalled")
            var person: String?
            if let text = try call.query("person") { person = try await call.person(called: text).text }
            let (wanted, whose) = (filter, person)
            return try await call.answer(
                at: { Page.Cursor(key: $0.id, place: Int($0.openedAt.milliseconds)) },
                if: { call.authority.maySee($0.identity) }, Printout.cases
            ) { after, limit in
                var filter = wanted
                filter.after = after.map { .init(openedAt: Instant(milliseconds: Int64($0.place)), id: $0.key) }
                filter.limit = limit
                return try await call.installation.cases(filter, person: whose)
            }
        },
        Operation(
            id: "showCase", method: .get, pattern: "/api/v1/cases/{case}", tag: "cases",
            summary: "A case with its changes, and what each waits for.", access: .signedIn, answers: [shown]
        ) { call in call.answer(.caseReport(try await call.openCase())) },
        Operation(
            id: "followCase", method: .get, pattern: "/api/v1/cases/{case}/events", tag: "cases",
            summary: "A case as it goes on, as server-sent events, until it is over.", access: .signedIn,
            answers: [
                Operation.Answer(
                    status: .ok, schema: .text(maximum: 1 << 20), summary: "an event `case` for each change of it",
                    type: "text/event-stream")
            ]
        ) { call in
            let first = try await call.openCase()
            return WebResponse(
                .ok, headers: [.contentType: "text/event-stream", .cacheControl: "no-store"],
                body: .stream(
                    CaseFeed(call.installation, first) { report in
                        guard try await call.renew().maySee(report.summary.identity) else {
                            throw Problem.forbidden("you may not see it any more")
                        }
                    }.stream()))
        },
        Operation(
            id: "retryCase", method: .post, pattern: "/api/v1/cases/{case}/retry", tag: "cases",
            summary: "Try everything of a case again that is stalled or waits.", access: .platformAdmin,
            body: Operation.Body(schema: .object([wait]), isOptional: true), answers: [shown]
        ) { call in
            call.answer(
                .caseReport(
                    try await call.installation.retryCase(try call.parameter("case"), patience: call.patience)))
        },
        Operation(
            id: "skipStep", method: .post, pattern: "/api/v1/cases/{case}/steps/{step}/skip", tag: "cases",
            summary: "Give a stalled step up and let its case go on.", access: .platformAdmin,
            body: Operation.Body(schema: .object([reason])), answers: [shown]
        ) { call in
            let id = try call.parameter("case")
            guard let step = Int(try call.parameter("step")) else { throw Problem.notFound("a step is a number") }
            return call.answer(
                try await call.installation.skip(step, of: id, reason: call.text("reason") ?? ""))
        },
        Operation(
            id: "cancelCase", method: .post, pattern: "/api/v1/cases/{case}/cancel", tag: "cases",
            summary: "End a case before its end; never a leaver's.", access: .platformAdmin,
            body: Operation.Body(
                schema: .object([reason, .optional("undo", .boolean, "also undo what the case has done")])),
            answers: [shown]
        ) { call in
            call.answer(
                try await call.installation.cancel(
                    try call.parameter("case"), undoing: call.body["undo"]?.bool ?? false,
                    reason: call.text("reason") ?? ""))
        },
    ]
}

extension APICall {
    fileprivate func maySee(_ identity: IdentityID?) -> Bool { authority.maySee(identity) }

    /// The one that the path names, if the caller may see it.
    fileprivate func openCase() async throws -> CaseReport {
        let id = try parameter("case")
        let report = try await installation.showCase(id)
        // The same words as for one that is not there.
        guard maySee(report.summary.identity) else { throw InstallationError.noCase(id) }
        return report
    }
}

extension Authority {
    fileprivate func maySee(_ identity: IdentityID?) -> Bool {
        guard let person = identity?.person else { return isPlatformMember }
        return maySee(person)
    }
}

/// Tells of a case whenever it has changed, until it is over or an hour has passed.
private struct CaseFeed: Sendable {
    private let installation: Installation
    private let first: CaseReport
    private let check: @Sendable (CaseReport) async throws -> Void

    /// Looks this often whether whoever follows may still.
    private static let checkEvery = 4

    /// - Parameter check: Throws once whoever follows may not see it any more.
    init(
        _ installation: Installation, _ first: CaseReport,
        check: @escaping @Sendable (CaseReport) async throws -> Void
    ) {
        self.installation = installation
        self.first = first
        self.check = check
    }

    func stream() -> AsyncThrowingStream<[UInt8], any Error> {
        AsyncThrowingStream { continuation in
            let work = Task {
                do {
                    try await follow { continuation.yield($0) }
                    continuation.finish()
                } catch {
                    continuation.finish(throwing: error)
                }
            }
            continuation.onTermination = { _ in work.cancel() }
        }
    }

    private func follow(_ yield: @Sendable ([UInt8]) -> Void) async throws {
        var (last, number) = (first, 1)
        yield(event(last, number))
        let end = ContinuousClock.now + .seconds(3_600)
        var (quiet, round) = (0, 0)
        while !last.summary.isOver, ContinuousClock.now < end {
            try await Task.sleep(for: .milliseconds(500))
            let next = try await installation.showCase(last.summary.id)
            round += 1
            if next != last || round.isMultiple(of: Self.checkEvery) { try await check(next) }
            quiet += 1
            if next != last {
                number += 1
                quiet = 0
                yield(event(next, number))
            } else if quiet.isMultiple(of: 30) {
                // So that nothing between takes a quiet connection for a dead one.
                yield(Array(": still here\n\n".utf8))
            }
            last = next
        }
    }

    private func event(_ report: CaseReport, _ number: Int) -> [UInt8] {
        Array("id: \(number)\nevent: case\ndata: \(report.json.compactText)\n\n".utf8)
    }
}

extension CaseSummary {
    fileprivate var isOver: Bool { [.active, .revoked, .archived, .cancelled].contains(state) }
}
