import Answers
import ControlPlane
import StrictJSON
import WebServer

extension TenureAPI {
    /// Which commit of the followed repository is in force.
    static let definitionOperations = [
        Operation(
            id: "showDefinitions", method: .get, pattern: "/api/v1/definitions", tag: "definitions",
            summary: "Which commit of the followed repository is in force, and what stands against the branch's head.",
            access: .platformMember, answers: [.printed(.named("FollowedDefinitions"), "the commit")]
        ) { call in call.answer(.followed(try await call.installation.followedDefinitions())) },
        Operation(
            id: "acceptCommit", method: .post, pattern: "/api/v1/definitions/accept", tag: "definitions",
            summary: "Let a branch that was written anew be followed to one commit.", access: .platformAdmin,
            body: Operation.Body(
                schema: .object([
                    .required("commit", .text(maximum: 64, minimum: 40), "the whole id of the commit"),
                    .required("reason", .text(maximum: 2_000, minimum: 1), "why the branch was written anew"),
                ])),
            answers: [.printed(.named("FollowedDefinitions"), "what is in force until the branch is looked at")]
        ) { call in
            let commit = call.text("commit") ?? ""
            let followed = try await call.installation.acceptCommit(commit, reason: call.text("reason") ?? "")
            return call.answer(.accepted(commit, followed))
        },
    ]
}
