import TestSupport
import Testing
import WebServer

/// Addresses that lead one reader here and another there.
@Suite struct AddressTests {
    @Test(arguments: [
        ("/items/../hit", 400), ("/./hit", 400), ("/items/%2e%2e/hit", 400), ("/%2E/hit", 400), ("//hit", 400),
        ("/hit/", 400), ("/items//hit", 400), ("/items/a%00b", 404), ("/items/a%0d%0ab", 404), ("/items/%c0%ae", 400),
        ("/items/%c0%af", 400), ("/items/%e0%80%af", 400), ("/items/%ed%a0%80", 400), ("/items/%ff", 400),
        ("/items/%", 400), ("/items/%4", 400), ("/items/%zz", 400), ("/items\\hit", 400), ("/items/a\\b", 400),
        ("/HIT", 404), ("/hit.", 404), ("/hit;a=b", 404), ("/hit%20", 404), ("/hi%74", 200), ("/hit%2f", 404),
        ("/hit#a", 400), ("/items/a%2fb", 200), ("/items/..%2fhit", 200), ("/items/...", 200), ("/hit?a=%zz", 400),
        ("/hit?%00", 200), ("hit", 400), ("*", 400), ("", 400), ("?hit", 400),
    ])
    func isReadInOneWay(_ path: String, _ status: Int) async throws {
        try await HostileWorld.serve { world, port in
            let connection = try RawConnection(port: port)
            await connection.send("GET \(path) HTTP/1.1\r\nHost: t\r\nConnection: close\r\n\r\n")
            let said = await connection.read()
            #expect(said.answers.map(\.status) == [status], "\(path): \(said.text)")
            #expect((status == 200) == (world.hits.withLock { $0.count } == 1))
        }
    }

    /// A method that a header claims is none.
    @Test func theMethodIsTheOneThatStandsThere() async throws {
        try await HostileWorld.serve { world, port in
            for name in [
                "X-HTTP-Method-Override", "X-HTTP-Method", "X-Method-Override", "X-Original-URL", "X-Rewrite-URL",
            ] {
                let connection = try RawConnection(port: port)
                await connection.send(
                    "GET /items/a HTTP/1.1\r\nHost: t\r\n\(name): /echo\r\n\(name): POST\r\nConnection: close\r\n\r\n")
                #expect(await connection.read().answers.first?.body == "a", "\(name)")
            }
            for method in ["TRACE", "PUT", "DELETE", "PATCH", "get", "FOO", "PROPFIND"] {
                let connection = try RawConnection(port: port)
                await connection.send("\(method) /hit HTTP/1.1\r\nHost: t\r\nX-Secret: a\r\nConnection: close\r\n\r\n")
                let said = await connection.read()
                #expect(said.answers.allSatisfy { [400, 405].contains($0.status) }, "\(method): \(said.text)")
                #expect(!said.text.contains("X-Secret"))
            }
            #expect(world.hits.withLock { $0.allSatisfy { $0 == "item" } })
        }
    }
}
