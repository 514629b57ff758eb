import AccessModel
import Answers
import ControlPlane
import Definitions
import Lifecycle
import StrictJSON
import WebServer

extension TenureAPI {
    private static let file = Operation.Parameter(
        name: "file", schema: .text(maximum: 200, minimum: 1), summary: "what remarks call what was sent")

    static let peopleOperations = [
        Operation(
            id: "listPeople", method: .get, pattern: "/api/v1/people", tag: "people",
            summary: "Everybody whom HR ever named and whom you may see, by id.", access: .signedIn,
            query: Page.parameters + [
                Operation.Parameter(name: "at", schema: .formatted(.dateTime), summary: "as of this time"),
                Operation.Parameter(
                    name: "person", schema: .text(minimum: 1), summary: "only this one, an id or an address"),
            ], answers: [.printed(Page.schema("Person"), "a page")]
        ) { call in
            let moment = try call.time("at")
            let states: [PersonState]
            if let text = try call.query("person") {
                states = [try await call.find(text, at: moment ?? call.installation.now)]
            } else {
                states = try await call.installation.roster(at: moment).states
                    .filter { call.authority.maySee($0.person.id) }
            }
            return try call.answer(states, key: \.person.id.text, Printout.people)
        },
        Operation(
            id: "showPerson", method: .get, pattern: "/api/v1/people/{person}", tag: "people",
            summary: "What HR says of a person.", access: .signedIn,
            query: [Operation.Parameter(name: "at", schema: .formatted(.dateTime), summary: "as of this time")],
            answers: [.ok(.named("Person"), "the person")]
        ) { call in
            let state = try await call.personState()
            guard let moment = try call.time("at") else { return .json(state.json) }
            let id = state.person.id
            guard let past = try await call.installation.people().state(of: id, at: moment) else {
                throw Problem.notFound("HR had not named `\(id)` by then")
            }
            return .json(past.json)
        },
        Operation(
            id: "explainPerson", method: .get, pattern: "/api/v1/people/{person}/access", tag: "people",
            summary: "What a person has, now or at a time, and why: down to the line.", access: .signedIn,
            query: [Operation.Parameter(name: "at", schema: .formatted(.dateTime), summary: "at this time")],
            answers: [.printed(.named("Explanation"), "each fact with its causes")]
        ) { call in
            let id = try await call.person()
            return call.answer(
                .explanation(try await call.installation.history(at: try call.time("at")).explain(id.text)))
        },
        Operation(
            id: "confirmPerson", method: .post, pattern: "/api/v1/people/{person}/confirm", tag: "people",
            summary:
                "Vouch that a mover still belongs to a tenant, so that nothing lapses there. For the tenant's admins.",
            access: .person,
            body: Operation.Body(schema: .object([.required("tenant", .text(maximum: 63, minimum: 1), "the tenant")])),
            answers: [.printed(.named("Anything"), "what was confirmed")]
        ) { call in
            let id = try await call.person()
            let tenant = call.text("tenant") ?? ""
            guard let slug = Slug(tenant), call.authority.isAdmin(of: slug) else {
                throw Problem.forbidden("only an admin of `\(tenant)` vouches for who belongs there")
            }
            let confirmed = try await call.installation.people().confirm(id.text, tenant: tenant)
            return call.answer(.confirmed(confirmed.text, in: tenant))
        },
        Operation(
            id: "importPeople", method: .post, pattern: "/api/v1/people/snapshots", tag: "people",
            summary: "Take an HR snapshot in, with a count that proves it whole. Nothing but the people is changed.",
            access: .platformAdmin,
            query: [
                Operation.Parameter(
                    name: "format", schema: .words(["csv", "json"]), summary: "found out from the feed if left out"),
                file,
            ],
            body: Operation.Body(
                schema: .any, types: ["text/csv", "application/json"], limit: 64 << 20),
            answers: [.printed(.named("Anything"), "what came of it, and what a guard held")]
        ) { call in
            let format = try call.query("format").flatMap { HRSnapshot.Format(rawValue: $0) }
            let receipt = try await call.installation.people().importSnapshot(call.request.body, format: format)
            let file = try call.query("file")
            // Whoever names a file shows its lines to a person; to others a feed that is not whole is no success.
            guard receipt.asOf != nil || file != nil else { throw Problem.notWhole(receipt) }
            return call.answer(.snapshot(receipt, file: file ?? "body"))
        },
        Operation(
            id: "takeEvent", method: .post, pattern: "/api/v1/events", tag: "people",
            summary: "Take one HR event in: CloudEvents 1.0, structured. A repeat changes nothing.",
            access: .platformAdmin,
            query: [
                file,
                Operation.Parameter(
                    name: "apply", schema: .boolean, summary: "also make what follows for this person happen"),
                Operation.Parameter(
                    name: "wait", schema: .formatted(.duration), summary: "with `apply`, for targets; 5s if left out"),
            ],
            body: Operation.Body(schema: .any, types: ["application/cloudevents+json", "application/json"]),
            answers: [.printed(.named("Anything"), "what came of it; with `apply` what was done")]
        ) { call in
            let wait = try call.query("wait").flatMap { Span($0) } ?? .seconds(5)
            return call.answer(
                try await call.installation.take(
                    event: call.request.body, file: try call.query("file") ?? "body",
                    applying: try call.request.query.flag("apply") ? wait : nil, .silent))
        },
    ]
}

extension Problem {
    /// A feed that is held whole: nobody is changed by it.
    fileprivate static func notWhole(_ receipt: PeopleDesk.SnapshotReceipt) -> Problem {
        let hold = receipt.holds.first.map { " (it waits as `\($0)`)" } ?? ""
        return Problem(
            .unprocessableContent, "feed-not-whole", (receipt.advice ?? "the feed is held") + hold,
            faults: receipt.problems.prefix(100).map { problem in
                Fault(at: "\(problem.line):\(problem.column)", problem.diagnostic(file: "feed").text)
            })
    }
}
