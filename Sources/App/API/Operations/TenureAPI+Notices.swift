import AccessModel
import Answers
import ControlPlane
import Notices
import StrictJSON
import WebServer

extension TenureAPI {
    static let noticeOperations = [
        Operation(
            id: "listNotices", method: .get, pattern: "/api/v1/notices", tag: "notices",
            summary: "What waits to be told, the oldest first.", access: .platformMember,
            query: Page.parameters + [
                Operation.Parameter(
                    name: "all", schema: .boolean, summary: "also what was told or given up, as far as it is kept")
            ], answers: [.printed(Page.schema("Notice"), "a page")]
        ) { call in
            let notices = try await call.installation.waitingNotices(all: try call.request.query.flag("all"))
            return try call.answer(notices, key: \.key, Printout.notices)
        },
        Operation(
            id: "sendNotices", method: .post, pattern: "/api/v1/notices/send", tag: "notices",
            summary: "Tell what is due now, as the server does by itself every second.", access: .platformAdmin,
            body: Operation.Body(schema: .object([wait]), isOptional: true),
            answers: [.printed(.named("Anything"), "how many were told, will be tried again, or were given up")]
        ) { call in
            let summary = try await call.installation.deliverNotices(budget: call.patience)
            return call.answer(.told(summary ?? NoticeDelivery.Summary()))
        },
        Operation(
            id: "testNotices", method: .post, pattern: "/api/v1/notices/test", tag: "notices",
            summary: "Send a test by every route that is `on: notice.test`.", access: .platformAdmin,
            body: Operation.Body(
                schema: .object([
                    .optional(
                        "to", .array(.text(maximum: 254, minimum: 3)),
                        "at most 20 addresses that are written to where a route goes to the requester"), wait,
                ]), isOptional: true),
            answers: [.printed(.named("Anything"), "what became of it")]
        ) { call in
            let recipients = call.body["to"]?.array?.compactMap(\.string) ?? []
            return call.answer(.tested(try await call.installation.testNotice(to: recipients, budget: call.patience)))
        },
    ]

    private static let wait = Schema.Property.optional(
        "wait", .formatted(.duration), "how long to go on, 15 minutes at most; 5 s where left out")
}
