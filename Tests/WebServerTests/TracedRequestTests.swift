import HTTPTypes
import Synchronization
import TestSupport
import Testing
import Traces
import Tracing
import WebServer

@Suite struct TracedRequestTests {
    private static let trace = "0af7651916cd43dd8448eb211c80319c"

    private final class Heard: Sendable {
        let spans = Mutex<[FinishedSpan]>([])
        let places = Mutex<[TraceContext?]>([])

        var tracer: LineTracer {
            LineTracer { count in
                (0..<count).map { _ in UInt8.random(in: 1 ... .max) }
            } write: { span in
                self.spans.withLock { $0.append(span) }
            }
        }

        var table: RouteTable {
            RouteTable([
                RouteTable.Branch([
                    Route(.get, "/items/{id}", name: "showItem") { _ in
                        self.places.withLock { $0.append(TraceContext.current) }
                        return .text("item")
                    },
                    Route(.get, "/broken") { _ in throw Broken() },
                ])
            ])
        }

        struct Broken: Error {}
    }

    private func ask(_ heard: Heard, isTraced: Bool) async throws {
        try await withTracer(heard.tracer) {
            try await ServedTable.serve(heard.table, WebSettings(isTraced: isTraced)) { port in
                for (path, header) in [
                    ("/items/secret-name?q=secret", "traceparent: 00-\(Self.trace)-b7ad6b7169203331-01\r\n"),
                    ("/items/7", ""), ("/broken", ""), ("/nowhere", ""),
                    ("/items/7", "traceparent: 00-\(Self.trace)-b7ad6b7169203331-01, x\r\n"),
                ] {
                    let connection = try RawConnection(port: port)
                    await connection.send("GET \(path) HTTP/1.1\r\nHost: t\r\n\(header)Connection: close\r\n\r\n")
                    #expect(await connection.answers(1).count == 1)
                }
            }
        }
    }

    @Test func aRequestIsASpanOfItsCallersTrace() async throws {
        let heard = Heard()
        try await ask(heard, isTraced: true)
        let spans = heard.spans.withLock { $0 }
        #expect(spans.map(\.name) == ["showItem", "showItem", "GET /broken", "GET", "showItem"])
        #expect(spans[0].place.trace == Self.trace && spans[0].parent == "b7ad6b7169203331")
        #expect(spans.dropFirst().allSatisfy { $0.parent == nil && $0.place.trace != Self.trace })
        #expect(Set(spans.map(\.place.trace)).count == 5)
        #expect(spans.map { $0.attributes["status"] } == ["200", "200", "500", "404", "200"])
        #expect(spans.map(\.failure) == [nil, nil, "error", nil, nil])
        #expect(Set(spans.compactMap { $0.attributes["request"] }).count == 5)
        #expect(spans.allSatisfy { $0.kind == .server })
        #expect(!spans.contains { "\($0)".contains("secret") })
        #expect(heard.places.withLock { $0 } == [0, 1, 4].map { spans[$0].place })
    }

    @Test func whoIsNotToldToTraceDoesNot() async throws {
        let heard = Heard()
        try await ask(heard, isTraced: false)
        #expect(heard.spans.withLock { $0.isEmpty })
        #expect(heard.places.withLock { $0 } == [nil, nil, nil])
    }
}
