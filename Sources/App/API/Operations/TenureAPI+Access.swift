import AccessModel
import Answers
import ControlPlane
import HTTPTypes
import Lifecycle
import Persistence
import StrictJSON
import WebServer

extension TenureAPI {
    private static let reason = Schema.Property.required("reason", .text(maximum: 2_000, minimum: 1), "why")
    private static let wait = Schema.Property.optional(
        "wait", .formatted(.duration), "how long to wait until targets have been read back; 5s where left out")
    private static let ticket = Operation.Answer.printed(.named("AccessTicket"), "as it is now")

    static let accessOperations: [Operation] = reading + asking + deciding + emergencies

    private static let reading = [
        Operation(
            id: "listRequests", method: .get, pattern: "/api/v1/requests", tag: "access",
            summary: "Requests, windows and broken glass that concern you, the newest first.", access: .signedIn,
            query: Page.parameters + [
                Operation.Parameter(name: "all", schema: .boolean, summary: "also what was decided and is over"),
                Operation.Parameter(name: "person", schema: .text(minimum: 1), summary: "only those for this person"),
            ], answers: [.printed(Page.schema("AccessTicket"), "a page")]
        ) { call in
            var person: PersonID?
            if let text = try call.query("person") { person = try await call.person(called: text) }
            let desk = try await call.installation.accessDesk()
            let listing = AccessListing(person: person, isOpen: try !call.request.query.flag("all"))
            return try await call.answer(
                at: { Page.Cursor(key: $0.id, place: Int($0.place.at.milliseconds)) }, if: call.authority.maySee,
                Printout.tickets
            ) { after, limit in
                var listing = listing
                listing.after = after.map { .init(at: Instant(milliseconds: Int64($0.place)), id: $0.key) }
                listing.limit = limit
                return try await desk.list(listing)
            }
        },
        Operation(
            id: "showRequest", method: .get, pattern: "/api/v1/requests/{request}", tag: "access",
            summary: "A request, a window or broken glass, by the id of any of them.", access: .signedIn,
            answers: [ticket]
        ) { call in try await call.answer(try await call.ticket()) },
    ]

    private static let asking = [
        Operation(
            id: "requestAccess", method: .post, pattern: "/api/v1/requests", tag: "access",
            summary: "Ask for a window on a group. What nobody has to agree to opens at once.", access: .person,
            body: Operation.Body(
                schema: .object([
                    .required("group", .text(minimum: 1), "tenant/tier/role, Group(...) or a slug"),
                    // Whether a reason is good enough is for the policies to say, and on record.
                    .required("reason", .text(maximum: 2_000), "why"),
                    .optional("duration", .formatted(.duration), "how long; as long as the rule allows if left out"),
                    .optional("start", .formatted(.dateTime), "from when; at once if left out"), wait,
                ])),
            isRepeatable: true,
            answers: [.printed(.created, .named("AccessTicket"), "the request")]
        ) { call in
            let draft = AccessDesk.Draft(
                group: call.text("group") ?? "", reason: call.text("reason") ?? "", duration: call.span("duration"),
                start: call.text("start").flatMap { Instant($0) }, seeing: call.authority.visibleTenants)
            let made = try await call.installation.accessDesk().request(draft)
            return try await call.answer(made, status: .created)
                .with(.location, "/api/v1/requests/\(made.id)")
        },
        Operation(
            id: "editRequest", method: .patch, pattern: "/api/v1/requests/{request}", tag: "access",
            summary: "Change what a pending request asks for; approvals that it had are void.", access: .person,
            body: Operation.Body(
                schema: .object([
                    .optional("reason", .text(maximum: 2_000, minimum: 1), "why"),
                    .optional("duration", .formatted(.duration), "how long"),
                    .optional("start", .formatted(.dateTime), "from when"),
                ])),
            isConditional: true, answers: [ticket]
        ) { call in
            let edit = AccessDesk.Edit(
                reason: call.text("reason"), duration: call.span("duration"),
                start: call.text("start").flatMap { Instant($0) }, seen: call.wantedHashes)
            return try await call.deed { desk, id in try await desk.edit(id, edit) }
        },
        Operation(
            id: "withdrawRequest", method: .post, pattern: "/api/v1/requests/{request}/withdraw", tag: "access",
            summary: "Take a pending request back.", access: .person, answers: [ticket]
        ) { call in try await call.deed { desk, id in try await desk.withdraw(id) } },
        Operation(
            id: "extendRequest", method: .post, pattern: "/api/v1/requests/{request}/extend", tag: "access",
            summary: "Ask for more time in a window; access never drops between.", access: .person,
            body: Operation.Body(
                schema: .object([
                    .required("duration", .formatted(.duration), "how much longer"),
                    .optional("reason", .text(maximum: 2_000, minimum: 1), "why; the window's own if left out"),
                ])),
            isRepeatable: true, answers: [ticket]
        ) { call in
            let duration = call.span("duration") ?? .zero
            let reason = call.text("reason")
            return try await call.deed { desk, id in try await desk.extend(id, by: duration, reason: reason) }
        },
        Operation(
            id: "releaseRequest", method: .post, pattern: "/api/v1/requests/{request}/release", tag: "access",
            summary: "End a window, and what prolongs it, now.", access: .person,
            body: Operation.Body(schema: .object([wait]), isOptional: true), answers: [ticket]
        ) { call in try await call.deed { desk, id in try await desk.release(id) } },
    ]

    private static let deciding = [
        Operation(
            id: "approveRequest", method: .post, pattern: "/api/v1/requests/{request}/approve", tag: "access",
            summary: "Agree to exactly what is asked; the last approval opens the window.", access: .person,
            body: Operation.Body(
                schema: .object([
                    .required("hash", .text(minimum: 1), "what you have seen: refused if it was edited since"), wait,
                ])),
            answers: [ticket]
        ) { call in
            let hash = call.text("hash")
            return try await call.deed { desk, id in try await desk.approve(id, hash: hash) }
        },
        Operation(
            id: "denyRequest", method: .post, pattern: "/api/v1/requests/{request}/deny", tag: "access",
            summary: "Refuse a pending request.", access: .person,
            body: Operation.Body(schema: .object([reason])), answers: [ticket]
        ) { call in
            let reason = call.text("reason") ?? ""
            return try await call.deed { desk, id in try await desk.deny(id, reason: reason) }
        },
    ]

    private static let emergencies = [
        Operation(
            id: "breakGlass", method: .post, pattern: "/api/v1/break-glass", tag: "access",
            summary:
                "Take a window at once, as one whom platform.yaml lets. Others are told, and one has to review it.",
            access: .person,
            body: Operation.Body(
                schema: .object([
                    .required("group", .text(minimum: 1), "tenant/tier/role, Group(...) or a slug"), reason,
                    .optional("duration", .formatted(.duration), "how long; as long as is allowed if left out"), wait,
                ])),
            isRepeatable: true,
            answers: [.printed(.created, .named("AccessTicket"), "the activation")]
        ) { call in
            let made = try await call.installation.accessDesk().breakGlass(
                call.text("group") ?? "", reason: call.text("reason") ?? "", duration: call.span("duration"),
                seeing: call.authority.visibleTenants)
            return try await call.answer(made, status: .created)
                .with(.location, "/api/v1/requests/\(made.id)")
        },
        Operation(
            id: "reviewBreakGlass", method: .post, pattern: "/api/v1/requests/{request}/review", tag: "access",
            summary: "Say what was found of broken glass; as another person than who broke it.", access: .person,
            body: Operation.Body(
                schema: .object([
                    .required("outcome", .words(Activation.Outcome.allCases.map(\.rawValue)), "what it was"),
                    .required("note", .text(maximum: 2_000, minimum: 1), "what was found"),
                ])),
            answers: [ticket]
        ) { call in
            let outcome = call.text("outcome").flatMap { Activation.Outcome(rawValue: $0) } ?? .misused
            let note = call.text("note") ?? ""
            return try await call.deed { desk, id in try await desk.review(id, outcome: outcome, note: note) }
        },
    ]
}

extension APICall {
    /// The one that the path names, if the caller may see it.
    func ticket() async throws -> AccessTicket {
        let id = try parameter("request")
        let found = try await installation.accessDesk().show(id)
        // The same words as for one that is not there.
        guard authority.maySee(found) else { throw LifecycleError.noTicket(id) }
        return found
    }

    /// Of `If-Match`, a list (RFC 9110, 13.1.1); nil where anything will do. A weak tag fits nothing.
    var wantedHashes: Set<String>? {
        guard let header = request.headers[.ifMatch], header != "*" else { return nil }
        let tags = header.split(separator: ",").map { $0.drop { $0 == " " || $0 == "\t" } }
        return Set(
            tags.compactMap { tag in
                var tag = tag
                while tag.last == " " || tag.last == "\t" { tag.removeLast() }
                guard tag.count >= 2, tag.hasPrefix("\""), tag.hasSuffix("\"") else { return nil }
                return String(tag.dropFirst().dropLast())
            })
    }

    /// What is done to a ticket that the caller may see.
    func deed(_ body: (AccessDesk, String) async throws -> AccessTicket) async throws -> WebResponse {
        _ = try await ticket()
        return try await answer(try await body(try await installation.accessDesk(), try parameter("request")))
    }

    /// The ticket once its window is where it should be, or as far as it has come in the time that the caller gives it.
    func answer(_ ticket: AccessTicket, status: HTTPResponse.Status = .ok) async throws -> WebResponse {
        let isReading = request.method == .get
        var ticket = ticket
        let desk = try await installation.accessDesk()
        let end = ContinuousClock.now + .milliseconds(isReading ? 0 : min(patience.milliseconds, 30_000))
        // A window that begins at once is on its way as soon as the work has seen it.
        while let window = ticket.window, ContinuousClock.now < end,
            [.opening, .closing].contains(window.state)
                || (window.state == .scheduled && window.from <= installation.now)
        {
            try await Task.sleep(for: .milliseconds(50))
            ticket = try await desk.show(ticket.id)
        }
        if ticket.isDenied, status == .created {
            throw Problem(
                .forbidden, "denied",
                "request access: "
                    + (ticket.refusals.isEmpty ? "it was denied" : ticket.refusals.joined(separator: "; ")),
                faults: ticket.refusals.map { Problem.Fault(at: "", $0) })
        }
        let printout = isReading ? Printout.ticket(ticket, for: .signedIn) : .deed(ticket, for: .signedIn)
        let response = answer(printout, status)
        return ticket.request.map { response.with(.eTag, "\"\($0.hash)\"") } ?? response
    }
}
