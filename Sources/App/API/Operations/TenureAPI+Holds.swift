import Answers
import ControlPlane
import Lifecycle
import StrictJSON
import WebServer

extension TenureAPI {
    private static let shown = Operation.Answer.printed(.named("Hold"), "the hold as it is now")

    static let holdOperations = [
        Operation(
            id: "listHolds", method: .get, pattern: "/api/v1/holds", tag: "holds",
            summary: "What a guard or a policy held for other people, the oldest first.", access: .platformMember,
            query: Page.parameters + [
                Operation.Parameter(name: "all", schema: .boolean, summary: "also what was decided")
            ], answers: [.printed(Page.schema("Hold"), "a page")]
        ) { call in
            let holds = try await call.installation.holds().list(all: try call.request.query.flag("all"))
            return try call.answer(holds, key: \.hold.id, Printout.holds)
        },
        Operation(
            id: "showHold", method: .get, pattern: "/api/v1/holds/{hold}", tag: "holds",
            summary: "Exactly what is held, and why.", access: .platformMember, answers: [shown]
        ) { call in call.answer(.hold(try await call.installation.holds().show(try call.parameter("hold")))) },
        Operation(
            id: "approveHold", method: .post, pattern: "/api/v1/holds/{hold}/approve", tag: "holds",
            summary: "Let it go on; as another person than who caused it.", access: .platformAdmin, answers: [shown]
        ) { call in
            call.answer(
                .hold(try await call.installation.holds().approve(try call.asPerson("hold")), isApproval: true))
        },
        Operation(
            id: "rejectHold", method: .post, pattern: "/api/v1/holds/{hold}/reject", tag: "holds",
            summary: "Drop it; as another person than who caused it.", access: .platformAdmin, answers: [shown]
        ) { call in
            call.answer(.hold(try await call.installation.holds().reject(try call.asPerson("hold"))))
        },
    ]
}

extension APICall {
    /// A parameter of a deed that only a person does: a second person is not a program.
    fileprivate func asPerson(_ name: String) throws(Problem) -> String {
        guard authority.person != nil else { throw .forbidden("a second person decides this, not a program") }
        return try parameter(name)
    }
}
