import AccessModel
import Answers
import ControlPlane
import Lifecycle
import StrictJSON
import WebServer

extension TenureAPI {
    private static let person = Schema.Property.optional(
        "person", .text(minimum: 1), "only what concerns this person, an id or an address")

    private static let wait = Schema.Property.optional(
        "wait", .formatted(.duration), "how long to wait for targets; 5s where left out")
    private static let definitions = Schema.Property.optional(
        "definitions", .any, "an organisation's files, an object of paths and texts; those in force if left out")
    private static let directory = Schema.Property.optional(
        "directory", .text(maximum: 200, minimum: 1), "what remarks call the folder of the files")
    private static let at = Schema.Property.optional(
        "at", .formatted(.dateTime), "as if it were this time")
    private static let uploadLimit = 64 << 20

    static let changeOperations = [
        Operation(
            id: "plan", method: .post, pattern: "/api/v1/plans", tag: "changes",
            summary: "What would change to make the definitions in force hold, or with `definitions` those that are "
                + "sent; nothing is changed. Files are for admins of the platform.",
            access: .platformMember,
            body: Operation.Body(
                schema: .object([
                    person, definitions, directory, at,
                ]), isOptional: true, limit: uploadLimit),
            answers: [.printed(.named("Plan"), "the plan", further: ["text/markdown"])]
        ) { call in
            let surveyed = try await call.survey(at: call.text("at").flatMap { Instant($0) })
            await surveyed.survey.close()
            return call.answer(.plan(surveyed)).with(.eTag, "\"\(surveyed.survey.plan.hash)\"")
        },
        Operation(
            id: "planForReview", method: .post, pattern: "/api/v1/plans/file", tag: "changes",
            summary: "The same plan as a file that is reviewed and applied as it is, or not at all.",
            access: .platformAdmin,
            body: Operation.Body(
                schema: .object([person, definitions, directory, at]), isOptional: true, limit: uploadLimit),
            answers: [.ok(.named("Anything"), "the file, with the definitions in it")]
        ) { call in
            let surveyed = try await call.survey(at: call.text("at").flatMap { Instant($0) })
            await surveyed.survey.close()
            return WebResponse.json(ReviewedPlan(surveyed).json).with(.eTag, "\"\(surveyed.survey.plan.hash)\"")
        },
        Operation(
            id: "apply", method: .post, pattern: "/api/v1/applies", tag: "changes",
            summary:
                "Make the files that are sent the definitions in force and what they say happen; or do exactly what "
                + "a reviewed plan says.",
            access: .platformAdmin,
            body: Operation.Body(
                schema: .object([
                    person, definitions, directory, wait,
                    .optional("plan", .any, "the file of a reviewed plan, in place of files"),
                    .optional(
                        "hash", .text(minimum: 1), "of the plan that was seen: refused if it would be another now"),
                ]), limit: uploadLimit),
            isRepeatable: true, answers: [.printed(.named("Outcome"), "what was done")]
        ) { call in try await call.apply() },
        Operation(
            id: "replayPolicies", method: .post, pattern: "/api/v1/policies/replay", tag: "changes",
            summary: "Decide every recorded request and plan again by the policies that are sent.",
            access: .platformAdmin,
            body: Operation.Body(
                schema: .object([
                    .required("definitions", .any, "an organisation's files, an object of paths and texts"), directory,
                    .optional("since", .formatted(.dateTime), "decisions of this time and later"),
                ]), limit: uploadLimit),
            answers: [.printed(.named("Anything"), "which decisions flip")]
        ) { call in
            guard let upload = try call.upload() else {
                throw Problem.invalid("it has to be an object", at: "/definitions")
            }
            return call.answer(
                .replay(try await call.installation.replay(upload, since: call.text("since").flatMap { Instant($0) })))
        },
        Operation(
            id: "reconcile", method: .post, pattern: "/api/v1/reconcile", tag: "changes",
            summary: "Make the definitions in force hold again, and whatever is due.", access: .platformAdmin,
            body: Operation.Body(
                schema: .object([
                    person, .optional("dry_run", .boolean, "answer the plan and change nothing"), wait,
                ]), isOptional: true),
            isRepeatable: true, answers: [.printed(.named("Anything"), "what was done; with `dry_run` the plan")]
        ) { call in
            guard !(call.body["dry_run"]?.bool ?? false) else {
                let surveyed = try await call.installation.surveyInForce(person: call.text("person"))
                await surveyed.survey.close()
                return call.answer(.plan(surveyed))
            }
            return call.answer(
                try await call.installation.reconcile(person: call.text("person"), patience: call.patience, .silent))
        },
    ]
}

extension APICall {
    func requirePlatformAdmin() throws(Problem) {
        guard authority.isPlatformAdmin else {
            throw .forbidden("files are for \(AccessRule.platformAdmin.words)")
        }
    }

    /// Files that were sent; nil where none were.
    func upload() throws -> DefinitionUpload? {
        guard let sent = body["definitions"] else { return nil }
        try requirePlatformAdmin()
        guard let files = sent.object else { throw Problem.invalid("it has to be an object", at: "/definitions") }
        return try DefinitionUpload(files, name: text("directory") ?? ".")
    }

    /// By the files that were sent, or by the definitions in force.
    fileprivate func survey(at moment: Instant?) async throws -> Installation.Surveyed {
        if let upload = try upload() {
            return try await installation.survey(upload, person: text("person"), at: moment)
        }
        return try await installation.surveyInForce(person: text("person"), at: moment)
    }

    fileprivate func apply() async throws -> WebResponse {
        let surveyed: Installation.Surveyed
        let sweep = try await installation.endOverdue()
        if let plan = body["plan"] {
            surveyed = try await installation.survey(sent: try ReviewedPlan(plan))
        } else if let upload = try upload() {
            surveyed = try await installation.survey(upload, person: text("person"))
        } else {
            throw Problem.invalid("send `definitions` or a `plan`", at: "")
        }
        if let hash = text("hash"), hash != surveyed.survey.plan.hash {
            await surveyed.survey.close()
            throw LifecycleError(
                code: .stale, operation: "apply",
                message: "the world has changed since the plan was shown; look at it again")
        }
        return answer(
            try await installation.deed(
                applying: surveyed, isShown: text("hash") != nil, after: sweep, patience: patience, .silent))
    }
}
