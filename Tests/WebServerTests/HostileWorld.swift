import HTTPTypes
import Synchronization
import TestSupport
import WebServer

/// A server of a few routes that counts what reaches them.
final class HostileWorld: Sendable {
    let hits = Mutex<[String]>([])
    static let echoLimit = 4_096

    var table: RouteTable {
        @Sendable func hit(_ name: String) { hits.withLock { $0.append(name) } }
        return RouteTable([
            RouteTable.Branch([
                Route(.get, "/hit") { _ in
                    hit("hit")
                    return .text("hit")
                },
                Route(.get, "/big") { _ in
                    hit("big")
                    return .text(String(repeating: "x", count: 24 << 20))
                },
                Route(.get, "/events") { _ in
                    hit("events")
                    return WebResponse(
                        .ok, headers: [.contentType: "text/event-stream"],
                        body: .stream(
                            AsyncThrowingStream { continuation in
                                continuation.yield(Array("data: one\n\n".utf8))
                                continuation.finish()
                            }))
                },
                Route(.get, "/items/{id}") { request in
                    hit("item")
                    return .text(try request.parameter("id"))
                },
                Route(
                    .post, "/guarded/{id}", bodyLimit: 4 << 20,
                    gate: { request in
                        hit("gate \(try request.parameter("id")) \(request.body.count)")
                        guard request.headers[.authorization] == nil else { return nil }
                        throw Problem.unauthorized()
                    },
                    { request in
                        hit("guarded \(request.body.count)")
                        return .text("in")
                    }),
                Route(.post, "/echo", bodyLimit: HostileWorld.echoLimit) { request in
                    hit("echo \(request.body.count)")
                    return WebResponse(.ok, headers: [.contentType: "text/plain"], body: .bytes(request.body))
                },
            ])
        ])
    }

    static func serve(
        _ settings: WebSettings = WebSettings(), _ body: @escaping @Sendable (HostileWorld, Int) async throws -> Void
    ) async throws {
        let world = HostileWorld()
        try await ServedTable.serve(world.table, settings) { try await body(world, $0) }
    }

    /// Whether the server still does what it should.
    func isWell(_ port: Int) async throws -> Bool {
        let connection = try RawConnection(port: port)
        await connection.send("GET /hit HTTP/1.1\r\nHost: t\r\nConnection: close\r\n\r\n")
        return await connection.answers(1).first?.status == 200
    }
}
