import HTTPTypes
import StrictJSON
import Testing
import WebServer

@Suite struct RouteTableTests {
    private let table = RouteTable([
        RouteTable.Branch([
            Route(.get, "/api/v1/cases") { _ in .text("all") },
            Route(.get, "/api/v1/cases/{id}") { request in .text(try request.parameter("id")) },
            Route(.post, "/api/v1/cases/{id}/retry", bodyLimit: 4) { _ in .text("retried") },
            Route(.get, "/api/v1/cases/stalled") { _ in .text("stalled") },
            Route(.get, "/api/v1/broken") { _ in throw Unforeseen() },
        ]),
        RouteTable.Branch([Route(.get, "/scim/v2/Users") { _ in .text("users") }]) { problem, _ in
            .text("scim \(problem.code)", problem.status)
        },
    ])

    private struct Unforeseen: Error {}

    private func ask(_ method: HTTPRequest.Method, _ path: String, body: [UInt8] = []) async -> WebResponse {
        await table.respond(
            to: WebRequest(
                method: method, path: path.split(separator: "/").map(String.init), body: body, correlation: "req-1",
                peer: WebPeer(address: "127.0.0.1", isLoopback: true)))
    }

    private func text(_ response: WebResponse) -> String {
        if case .bytes(let bytes) = response.body { String(decoding: bytes, as: UTF8.self) } else { "" }
    }

    @Test func fixedSegmentsComeBeforeNames() async {
        #expect(text(await ask(.get, "/api/v1/cases/stalled")) == "stalled")
        #expect(text(await ask(.get, "/api/v1/cases/c-1")) == "c-1")
        #expect(text(await ask(.get, "/api/v1/cases")) == "all")
    }

    @Test func aMethodThatIsNotTakenIsSaidWithThoseThatAre() async {
        let response = await ask(.delete, "/api/v1/cases/c-1")
        #expect(response.status == .methodNotAllowed)
        #expect(response.headers[.allow] == "GET, HEAD")
    }

    @Test func nothingIsFoundWhereNothingIs() async {
        for path in ["/", "/api/v1", "/api/v1/cases/c-1/x", "/nowhere"] {
            #expect(await ask(.get, path).status == .notFound)
        }
    }

    @Test func aBranchSaysNoInItsOwnWay() async {
        #expect(text(await ask(.get, "/scim/v2/Nothing")) == "scim not-found")
        #expect(text(await ask(.post, "/scim/v2/Users")) == "scim method-not-allowed")
    }

    @Test func aLongBodyIsRefused() async {
        #expect(await ask(.post, "/api/v1/cases/c-1/retry", body: [1, 2, 3, 4, 5]).status == .contentTooLarge)
        #expect(await ask(.post, "/api/v1/cases/c-1/retry", body: [1, 2, 3, 4]).status == .ok)
    }

    @Test func ofAnUnforeseenErrorNothingIsTold() async {
        let response = await ask(.get, "/api/v1/broken")
        #expect(response.status == .internalServerError)
        #expect(text(response).contains("req-1"))
        #expect(!text(response).contains("Unforeseen"))
    }
}
