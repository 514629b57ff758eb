import Answers
import ControlPlane
import SCIMServer
import StrictJSON
import WebServer

extension TenureAPI {
    static let clientOperations = [
        Operation(
            id: "listClients", method: .get, pattern: "/api/v1/scim/clients", tag: "scim",
            summary: "Who may push people and groups by SCIM, by name.", access: .platformAdmin,
            query: Page.parameters, answers: [.printed(Page.schema("Client"), "a page")]
        ) { call in
            try call.answer(
                try await call.installation.scimClients.list(), key: \.name.text, Printout.clients)
        },
        // No answer of these is kept: it holds a token. So none of them takes an idempotency key.
        Operation(
            id: "addClient", method: .post, pattern: "/api/v1/scim/clients", tag: "scim",
            summary: "Make a client. Its token is in this answer, and in no other.", access: .platformAdmin,
            body: Operation.Body(
                schema: .object([
                    .required("name", .text(maximum: 63, minimum: 1), "such as `okta`"),
                    .optional(
                        "person_id", .words(SCIMClient.PersonIdentity.allCases.map(\.rawValue)),
                        "which person a user is"),
                    .optional(
                        "leaver", .words(SCIMClient.Leaver.allCases.map(\.rawValue)),
                        "what becomes of a person who is set inactive or deleted"),
                ])),
            answers: [.printed(.created, .named("Client"), "the client, with its token")]
        ) { call in
            let issued = try await call.installation.scimClients.add(
                call.text("name") ?? "",
                personIdentity: call.text("person_id").flatMap { .init(rawValue: $0) } ?? .id,
                leaver: call.text("leaver").flatMap { .init(rawValue: $0) } ?? .left)
            return call.answer(.issued(issued), .created)
        },
        Operation(
            id: "rotateClient", method: .post, pattern: "/api/v1/scim/clients/{client}/rotate", tag: "scim",
            summary: "Give a client another token; the one before is worth nothing from then on.",
            access: .platformAdmin, answers: [.printed(.named("Client"), "the client, with its token")]
        ) { call in
            call.answer(.issued(try await call.installation.scimClients.rotate(try call.parameter("client"))))
        },
        Operation(
            id: "revokeClient", method: .post, pattern: "/api/v1/scim/clients/{client}/revoke", tag: "scim",
            summary: "End a client's access for good. What it made stays.", access: .platformAdmin,
            answers: [.printed(.named("Client"), "the client")]
        ) { call in
            call.answer(.revoked(try await call.installation.scimClients.revoke(try call.parameter("client"))))
        },
    ]
}
