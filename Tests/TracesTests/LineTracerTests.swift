import Synchronization
import Testing
import Tracing

@testable import Traces

/// Spans that were written down, and a tracer whose ids count.
final class SpanList: Sendable {
    private let list = Mutex<[FinishedSpan]>([])
    private let count = Mutex<UInt8>(0)

    var spans: [FinishedSpan] { list.withLock { $0 } }

    var tracer: LineTracer {
        LineTracer { number in
            self.count.withLock { count in
                count += 1
                return [UInt8](repeating: count, count: number)
            }
        } write: { span in
            self.list.withLock { $0.append(span) }
        }
    }
}

struct Fields: Extractor, Injector {
    func extract(key: String, from carrier: [String: String]) -> String? { carrier[key] }
    func inject(_ value: String, forKey key: String, into carrier: inout [String: String]) { carrier[key] = value }
}

@Suite struct LineTracerTests {
    private static let trace = "0af7651916cd43dd8448eb211c80319c"
    private static let parent = "00-\(trace)-b7ad6b7169203331-01"

    @Test func aTraceparentIsReadAsItIsWritten() throws {
        let place = try #require(TraceContext(header: Self.parent))
        #expect(place.trace == Self.trace && place.span == "b7ad6b7169203331" && place.isSampled)
        #expect(place.header == Self.parent)
        #expect(TraceContext(header: "00-\(Self.trace)-b7ad6b7169203331-00")?.isSampled == false)
        #expect(TraceContext(header: "00-\(Self.trace)-b7ad6b7169203331-ff")?.isSampled == true)
        // A later version may say more.
        #expect(TraceContext(header: "cc-\(Self.trace)-b7ad6b7169203331-01-what-else")?.trace == Self.trace)
    }

    @Test(arguments: [
        "", "-", "---", "00-\(trace)-b7ad6b7169203331", "00-\(trace)-b7ad6b7169203331-01-x",
        "ff-\(trace)-b7ad6b7169203331-01", "00-\(trace.uppercased())-b7ad6b7169203331-01",
        "00-00000000000000000000000000000000-b7ad6b7169203331-01", "00-\(trace)-0000000000000000-01",
        "00-\(trace)0-b7ad6b7169203331-01", "00-\(trace)-b7ad6b716920333-01", "00-\(trace)-b7ad6b7169203331-1",
        "00-\(trace)-b7ad6b7169203331-0g", "00-\(trace)-b7ad6b7169203331-01, 00-\(trace)-b7ad6b7169203331-01",
        " \(parent)", "00-\(trace)-b7ad6b716920333é-01", "0-\(trace)-b7ad6b7169203331-01",
    ])
    func whatIsNoneBeginsATraceAnew(_ header: String) {
        #expect(TraceContext(header: header) == nil)
        var context = InstrumentationContext.topLevel
        SpanList().tracer.extract(["traceparent": header], into: &context, using: Fields())
        #expect(context.place == nil)
    }

    @Test func aSpanIsPartOfWhatItBeganIn() async throws {
        struct Broken: Error { let secret = "canary" }
        let list = SpanList()
        var context = InstrumentationContext.topLevel
        list.tracer.extract(["traceparent": Self.parent], into: &context, using: Fields())
        var sent: [String: String] = [:]
        await withTracer(list.tracer) {
            await withSpan("outer", context: context, ofKind: .server) { outer in
                outer.operationName = "renamed"
                outer.updateAttributes { $0["target"] = "corp" }
                do {
                    try await withSpan("inner", ofKind: .client) { _ in
                        await Task {
                            #expect(TraceContext.current?.trace == Self.trace)
                        }.value
                        InstrumentationSystem.instrument.inject(.current ?? .topLevel, into: &sent, using: Fields())
                        throw Broken()
                    }
                } catch {
                    #expect(error is Broken)
                }
            }
        }
        let spans = list.spans
        #expect(spans.map(\.name) == ["inner", "renamed"])
        #expect(spans.allSatisfy { $0.place.trace == Self.trace && $0.milliseconds >= 0 })
        #expect(spans[1].parent == "b7ad6b7169203331" && spans[0].parent == spans[1].place.span)
        #expect(sent == ["traceparent": "00-\(Self.trace)-\(spans[0].place.span)-01"])
        #expect(spans[1].attributes == ["target": "corp"] && spans[1].failure == nil)
        #expect(spans[0].failure == "Broken")
    }

    @Test func withoutACallerATraceBegins() async {
        let list = SpanList()
        await withTracer(list.tracer) {
            await withSpan("one") { _ in }
            await withSpan("two") { _ in }
        }
        #expect(list.spans.count == 2 && Set(list.spans.map(\.place.trace)).count == 2)
        #expect(list.spans.allSatisfy { $0.parent == nil && $0.place.trace.utf8.count == 32 })
        #expect(TraceContext.current == nil)
    }

    /// Whoever began it keeps nothing of it; so does who goes on with it.
    @Test func whatIsNotWrittenDownIsHandedOn() async {
        let list = SpanList()
        var context = InstrumentationContext.topLevel
        list.tracer.extract(
            ["traceparent": "00-\(Self.trace)-b7ad6b7169203331-00"], into: &context, using: Fields())
        var sent: [String: String] = [:]
        await withTracer(list.tracer) {
            await withSpan("one", context: context) { span in
                #expect(!span.isRecording)
                InstrumentationSystem.instrument.inject(span.context, into: &sent, using: Fields())
            }
        }
        #expect(list.spans.isEmpty)
        #expect(
            sent["traceparent"]?.hasPrefix("00-\(Self.trace)-") == true && sent["traceparent"]?.hasSuffix("-00") == true
        )
    }

    @Test func withoutATracerNothingIsHandedOn() async {
        var sent: [String: String] = [:]
        await withSpan("one") { span in
            InstrumentationSystem.instrument.inject(span.context, into: &sent, using: Fields())
            #expect(TraceContext.current == nil)
        }
        #expect(sent.isEmpty)
    }
}
