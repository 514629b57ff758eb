import AccessModel
import ConnectorKit
import Dispatch
import TestSupport
import Testing

@Suite struct HTTPSessionTests {
    private static let secret = "canary-http-0123456789"

    private func send(
        to double: HTTPDouble, _ request: HTTPRequest = HTTPRequest(.get, ["x"]),
        _ change: (inout HTTPSession.Configuration) -> Void = { _ in }
    ) async throws -> HTTPResponse {
        var configuration = HTTPSession.Configuration(
            url: double.url + "/base/", authorization: SecretText("Bearer " + Self.secret))
        change(&configuration)
        let session = try HTTPSession(configuration, clock: { Instant(milliseconds: 784_111_700_000) })
        do {
            let response = try await session.send(request, operation: "try")
            await session.close()
            return response
        } catch {
            await session.close()
            throw error
        }
    }

    @Test func pathsAndQueriesAreEscaped() async throws {
        let double = try HTTPDouble { _ in HTTPDouble.Response(200, body: "ok") }
        defer { double.stop() }
        let response = try await send(
            to: double,
            HTTPRequest(.post, ["a/b", "..", "é"], query: [HTTPRequest.Field("f", "x=1&y #")], body: Array("{}".utf8)))
        #expect(response.body == Array("ok".utf8))
        let request = try #require(double.requests.first)
        #expect(request.target == "/base/a%2Fb/%2E%2E/%C3%A9?f=x%3D1%26y%20%23")
        #expect(request.headers["authorization"] == "Bearer " + Self.secret)
        #expect(request.body == "{}")
    }

    @Test func nothingIsSentOnceTheTimeOfTheCallIsOver() async throws {
        let double = try HTTPDouble { _ in HTTPDouble.Response(200) }
        defer { double.stop() }
        let deadline = Instant(milliseconds: 1_000)
        _ = try await CallDeadline.$current.withValue(CallDeadline(deadline) { Instant(milliseconds: 999) }) {
            try await send(to: double)
        }
        let error = await #expect(throws: ConnectorError.self) {
            try await CallDeadline.$current.withValue(CallDeadline(deadline) { deadline }) {
                try await send(to: double)
            }
        }
        #expect(error?.code == .unreachable && double.requests.count == 1)
    }

    @Test func aRedirectIsNotFollowed() async throws {
        let other = try HTTPDouble { _ in HTTPDouble.Response(200) }
        let double = try HTTPDouble { _ in HTTPDouble.Response(307, headers: ["Location": other.url]) }
        defer {
            double.stop()
            other.stop()
        }
        let error = await #expect(throws: ConnectorError.self) { try await send(to: double) }
        #expect(error?.code == .configuration)
        #expect(other.requests.isEmpty)
    }

    @Test func aLongAnswerIsCutOff() async throws {
        let double = try HTTPDouble { _ in HTTPDouble.Response(200, body: String(repeating: "x", count: 5_000)) }
        defer { double.stop() }
        let error = await #expect(throws: ConnectorError.self) {
            try await send(to: double) { $0.maximumBodySize = 1_000 }
        }
        #expect(error?.code == .targetFailure)
    }

    @Test func aServiceThatSaysNothingTimesOut() async throws {
        let silence = DispatchSemaphore(value: 0)
        let double = try HTTPDouble { _ in
            silence.wait()
            return .hangUp
        }
        defer {
            silence.signal()
            double.stop()
        }
        let error = await #expect(throws: ConnectorError.self) {
            try await send(to: double) { $0.timeout = Span(milliseconds: 200) }
        }
        #expect(error?.code == .unreachable)
        #expect(double.requests.count == 1)
    }

    @Test func aServiceThatIsNotThereIsUnreachable() async throws {
        let url = "http://127.0.0.1:\(try LoopbackSocket.freePort())"
        let session = try HTTPSession(HTTPSession.Configuration(url: url), clock: { Instant(milliseconds: 0) })
        let error = await #expect(throws: ConnectorError.self) {
            try await session.send(HTTPRequest(.get, []), operation: "try")
        }
        #expect(error?.code == .unreachable && error?.message == "Connection refused", "\(error as Any)")
        await session.close()
    }

    @Test func whatAServerEchoesShowsNoSecret() async throws {
        let double = try HTTPDouble { request in
            HTTPDouble.Response(400, body: "you sent \(request.headers["authorization"] ?? "")\u{1B}[31m\r\nline two")
        }
        defer { double.stop() }
        let error = await #expect(throws: ConnectorError.self) {
            try await send(to: double) { $0.explanation = { String(decoding: $0.body, as: UTF8.self) } }
        }
        #expect(error?.message == "HTTP 400: you sent [secret] [31m  line two")
    }

    @Test func anAcceptedStatusIsAnAnswer() async throws {
        let double = try HTTPDouble { _ in HTTPDouble.Response(404) }
        defer { double.stop() }
        let session = try HTTPSession(HTTPSession.Configuration(url: double.url), clock: { Instant(milliseconds: 0) })
        let response = try await session.send(HTTPRequest(.delete, ["x"]), operation: "try", accepting: [404])
        #expect(response.status == 404)
        await session.close()
        await session.close()
    }

    static let waits: [(String, Span?)] = [
        ("120", .seconds(120)), (" 7 ", .seconds(7)), ("0", .zero), ("99999999999999", .hours(24)),
        ("Sun, 06 Nov 1994 08:49:37 GMT", .seconds(77)), ("Sunday, 06-Nov-94 08:49:37 GMT", .seconds(77)),
        ("Sun Nov  6 08:49:37 1994", .seconds(77)), ("Sun, 06 Nov 1994 08:00:00 GMT", .zero), ("-5", nil), ("1.5", nil),
        ("soon", nil), ("", nil), ("Sun, 31 Feb 1994 08:49:37 GMT", nil), ("٣", nil),
    ]

    @Test(arguments: waits) func retryAfterIsReadInAllItsForms(_ text: String, _ expected: Span?) {
        // 1994-11-06T08:48:20Z
        #expect(RetryAfter.parse(text, now: Instant(milliseconds: 784_111_700_000)) == expected)
    }

    @Test(arguments: [
        "", "scim.example", "http://scim.example", "https://", "https://a b", "https://u@h", "https://h?q",
        "https://h#f",
        "https://h:0", "https://h:99999", "https://[::1", "http://127.0.0.1.evil.example", "https://hé.example",
    ])
    func refusesAddresses(_ url: String) {
        let error = #expect(throws: ConnectorError.self) {
            try HTTPSession(HTTPSession.Configuration(url: url), clock: { Instant(milliseconds: 0) })
        }
        #expect(error?.code == .configuration)
    }

    @Test(arguments: ["https://h", "https://h:8443/v2/", "http://localhost:1", "http://[::1]:8080/x"])
    func takesAddresses(_ url: String) async throws {
        await (try HTTPSession(HTTPSession.Configuration(url: url), clock: { Instant(milliseconds: 0) })).close()
    }
}
