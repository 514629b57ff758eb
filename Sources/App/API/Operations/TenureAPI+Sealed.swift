import AccessModel
import Answers
import AuditTrail
import ControlPlane
import StrictJSON
import WebServer

extension TenureAPI {
    /// Grants that are signed on a quiet day and used while no server answers: what of them a server is asked for.
    static let sealedOperations = [
        Operation(
            id: "sealGrant", method: .post, pattern: "/api/v1/break-glass/sealed", tag: "access",
            summary:
                "A break-glass grant for admins to sign, which can be used without a server. Nothing is kept of it.",
            access: .platformAdmin,
            body: Operation.Body(
                schema: .object([
                    .required("group", .text(minimum: 1), "tenant/tier/role, or a slug"),
                    .required("person", .text(minimum: 1), "who may use it: an id or an address"),
                    .required("target", .text(minimum: 1), "in which it is opened"),
                    .required("duration", .formatted(.duration), "how long it is open once it is used"),
                    .required("valid_until", .formatted(.dateTime), "until when it may be used"),
                    .required("reason", .text(maximum: 2_000, minimum: 1), "what it is for"),
                ])),
            answers: [.printed(.named("SealedGrant"), "the grant, and the file that is signed")]
        ) { call in
            let wish = SealedWish(
                group: call.text("group") ?? "", person: call.text("person") ?? "", target: call.text("target") ?? "",
                duration: call.span("duration") ?? .zero,
                validUntil: call.text("valid_until").flatMap { Instant($0) } ?? call.installation.now,
                reason: call.text("reason") ?? "")
            return call.answer(.sealed(try await call.installation.seal(wish)))
        },
        Operation(
            id: "reconcileGrant", method: .post, pattern: "/api/v1/break-glass/sealed/uses", tag: "access",
            summary: "Take what was done with a sealed grant into the log and the windows.", access: .platformAdmin,
            body: Operation.Body(
                schema: .object([
                    .required("grant", .text(maximum: 1 << 20, minimum: 1), "the sealed grant's file"),
                    .required("receipts", .text(maximum: 1 << 20), "the file of receipts beside it"),
                ]), limit: 4 << 20),
            answers: [.printed(.named("Anything"), "what was taken in, and whether it counts as a window")]
        ) { call in
            let evidence: SealedEvidence
            do throws(AuditError) {
                evidence = try SealedEvidence(
                    grant: Array((call.text("grant") ?? "").utf8), receipts: Array((call.text("receipts") ?? "").utf8))
            } catch {
                throw Problem(.unprocessableContent, "invalid", error.description)
            }
            return call.answer(.intake(try await call.installation.reconcileSealed(evidence)))
        },
    ]
}
