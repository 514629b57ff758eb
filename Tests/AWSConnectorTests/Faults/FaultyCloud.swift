import AccessModel
import ConnectorKit
import Foundation
import StrictJSON
import TestSupport
import Testing

/// moto behind a proxy that fails by a seed, in the vendor's own words.
struct FaultyCloud: Sendable {
    /// With `TENURE_LONG_TESTS` five thousand.
    static let isLong = ProcessInfo.processInfo.environment["TENURE_LONG_TESTS"] != nil
    static let seed = ProcessInfo.processInfo.environment["TENURE_SEED"].flatMap { UInt64($0) } ?? 20_261_122

    let server: MotoServer
    let proxy: FaultProxy

    /// Nil, after saying so, where moto is not installed.
    init?(seed: UInt64, for test: String = #function) async throws {
        guard let server = try await MotoServer.start(for: test) else { return nil }
        self.server = server
        proxy = try FaultProxy(
            to: server.url, caFile: nil, seed: seed, percent: 20, refusing: Self.refusal, shortening: Self.shortened)
    }

    func stop() async {
        await proxy.stop()
        server.stop()
    }

    /// Throttling comes with 400, as JSON or as XML.
    private static let refusal: FaultProxy.Refusal = { fault, request in
        let isJSON = request.headers["x-amz-target"] != nil
        let (status, code) =
            switch fault {
            case .throttled: (400, isJSON ? "ThrottlingException" : "Throttling")
            case .failed: (500, isJSON ? "InternalServerException" : "ServiceFailure")
            default: (503, isJSON ? "ServiceUnavailableException" : "ServiceUnavailable")
            }
        let body =
            isJSON
            ? #"{"__type":"\#(code)","message":"by the seed"}"#
            : "<ErrorResponse><Error><Code>\(code)</Code><Message>by the seed</Message></Error></ErrorResponse>"
        return HTTPDouble.Response(status, headers: ["Retry-After": "1"], body: body)
    }

    /// A page that leads to another and holds nothing, or that says that there is more and not where.
    private static let shortened: @Sendable (String) -> String? = { body in
        if body.contains("<IsTruncated>true</IsTruncated>"), let start = body.range(of: "<Marker>"),
            let end = body.range(of: "</Marker>")
        {
            return body.replacingCharacters(in: start.lowerBound..<end.upperBound, with: "")
        }
        guard body.contains("NextToken"), let page = try? JSONParser.parse(body).object,
            page["NextToken"]?.string?.isEmpty == false
        else { return nil }
        let rest = page.members.filter { $0.value.array == nil }
        return JSONValue.object(JSONObject(rest)).compactText
    }

    /// As the engine does it: again and again, while the error says that it may help.
    func insist(_ place: String, _ body: () async throws -> Receipt) async throws {
        for attempt in 1...300 {
            do {
                _ = try await body()
                return
            } catch let error as ConnectorError {
                #expect(error.isRetryable, "\(place): \(error)")
                if error.code == .throttled { #expect(error.retryAfter == .seconds(1), "\(place): \(error)") }
                guard error.isRetryable, attempt < 300 else { throw error }
            }
        }
    }

    /// What the connector says through the proxy is true, or it is not said: so many of the questions were answered.
    func expectTruth(
        _ connector: any Connector, _ wanted: Set<Fact>, _ place: String
    ) async throws -> Int {
        proxy.fail(percent: 4)
        defer { proxy.fail(percent: 20) }
        do {
            let seen = try await connector.observe(.everything)
            guard seen.completeness == .complete else { return 0 }
            #expect(Set(seen.facts.map(\.key)) == Set(wanted.map(\.key)), "\(place)")
            #expect(seen.remnants.isEmpty, "\(place): \(seen.remnants.map(\.key))")
            for fact in wanted {
                #expect(seen.facts.contains { $0.key == fact.key && $0.satisfies(fact) }, "\(place): \(fact.key)")
            }
            return 1
        } catch {
            #expect(error.isRetryable, "\(place): \(error)")
            return 0
        }
    }

    /// Ends a suite: when every listing ends early nothing is called whole; and by then every fault has happened.
    func expectEveryFault(_ connector: any Connector) async throws {
        proxy.fail(percent: 100, only: .shortened)
        guard case .partial = try await connector.observe(.everything).completeness else {
            Issue.record("listings that end early are called complete")
            return
        }
        for fault in FaultProxy.Fault.allCases {
            #expect(proxy.made[fault, default: 0] > 0, "\(fault.rawValue) never happened")
        }
    }
}
