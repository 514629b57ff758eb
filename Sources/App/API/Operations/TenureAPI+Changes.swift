import AccessModel
import ControlPlane
import Lifecycle
import StrictJSON
import WebServer

extension TenureAPI {
    private static let person = Schema.Property.optional(
        "person", .text(minimum: 1), "only what concerns this person, an id or an address")

    static let changeOperations = [
        Operation(
            id: "plan", method: .post, pattern: "/api/v1/plans", tag: "changes",
            summary: "What would change to make the definitions in force hold; nothing is changed.",
            access: .platformMember,
            body: Operation.Body(schema: .object([person]), isOptional: true),
            answers: [.ok(.named("Plan"), "the plan")]
        ) { call in
            let surveyed = try await call.installation.surveyInForce(person: call.text("person"))
            await surveyed.survey.close()
            return .json(surveyed.survey.plan.json)
        },
        Operation(
            id: "reconcile", method: .post, pattern: "/api/v1/reconcile", tag: "changes",
            summary: "Make the definitions in force hold again, and whatever is due.", access: .platformAdmin,
            body: Operation.Body(
                schema: .object([
                    person, .optional("dry_run", .boolean, "answer the plan and change nothing"),
                    .optional("wait", .formatted(.duration), "how long to wait for targets; 5s where left out"),
                ]), isOptional: true),
            isRepeatable: true, answers: [.ok(.named("Anything"), "what was done; with `dry_run` the plan")]
        ) { call in
            let isDry = call.body["dry_run"]?.bool ?? false
            let installation = isDry ? call.installation : try await call.installation.afterOverdue()
            let surveyed = try await installation.surveyInForce(person: call.text("person"))
            guard !isDry else {
                await surveyed.survey.close()
                return .json(surveyed.survey.plan.json)
            }
            let applied = try await installation.apply(surveyed, patience: call.patience) { _, _ in }
            return .json(applied.outcome.json(applied.surveyed.survey.plan))
        },
    ]
}
