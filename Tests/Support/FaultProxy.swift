import AccessModel
import ConnectorKit
import Foundation
import Synchronization

/// Stands before a real HTTP service and breaks, by a seed, what passes: the requests on their way in and the answers on
/// their way out.
public final class FaultProxy: Sendable {
    public enum Fault: String, CaseIterable, Sendable {
        /// 429 with a delay, or what ``FaultProxy/Refusal`` makes of it; nothing arrives.
        case throttled
        /// 500; nothing arrives.
        case failed
        /// 503; nothing arrives.
        case unavailable
        /// Broken off before anything arrives.
        case reset
        /// Done, and the answer never comes: a timeout after success.
        case lost
        /// Done, and half of the answer comes.
        case half
        /// Done, and the answer is 200 with what means nothing.
        case malformed
        /// A listing without its end, as ``FaultProxy/init(to:caFile:seed:percent:shortening:)`` is told to make one.
        case shortened
    }

    public var url: String { double.url }
    /// How often each fault was made.
    public var made: [Fault: Int] { counts.faults }
    /// How often the service answered with each status.
    public var answered: [Int: Int] { counts.statuses }

    /// What a service answers instead, in its own words; nil for an answer by status alone.
    public typealias Refusal = @Sendable (Fault, HTTPDouble.Request) -> HTTPDouble.Response?

    private let double: HTTPDouble
    private let counts: CountedFaults
    private let upstream: HTTPSession
    private let chance: FaultChance

    /// - Parameters:
    ///   - percent: Of the requests, how many are broken; 0 lets everything through.
    ///   - refusing: Asked for those faults whose requests do not arrive.
    ///   - shortening: Makes an answer a listing that ends early; nil where it is none, and it passes.
    ///   - watching: Sees every request before it is passed on.
    public init(
        to url: String, caFile: String?, seed: UInt64, percent: Int, refusing: @escaping Refusal = { _, _ in nil },
        shortening: @escaping @Sendable (String) -> String? = { _ in nil },
        watching: @escaping @Sendable (HTTPDouble.Request) -> Void = { _ in }
    ) throws {
        var configuration = HTTPSession.Configuration(url: url)
        configuration.certificateAuthorities = caFile
        configuration.concurrency = 32
        let upstream = try HTTPSession(configuration) { Instant(milliseconds: 0) }
        let chance = FaultChance(seed: seed, percent: percent)
        let counts = CountedFaults()
        double = try HTTPDouble { request in
            let fault = chance.next()
            watching(request)
            if let fault, let answer = Self.refusal(fault, request, refusing) {
                counts.count(fault)
                return answer
            }
            return Self.answer(request, fault, upstream, counts, shortening)
        }
        self.upstream = upstream
        self.counts = counts
        self.chance = chance
    }

    /// Breaks more or fewer from now on: an observation of many requests would never come to its end.
    ///
    /// - Parameter fault: The only one to make; nil for all of them.
    public func fail(percent: Int, only fault: Fault? = nil) { chance.set(percent, fault) }

    public func stop() async {
        double.stop()
        await upstream.close()
    }

    private static func answer(
        _ request: HTTPDouble.Request, _ fault: Fault?, _ upstream: HTTPSession, _ counts: CountedFaults,
        _ shortening: (String) -> String?
    ) -> HTTPDouble.Response {
        guard var response = pass(request, to: upstream) else { return .hangUp }
        counts.count(response.status)
        switch fault {
        case .lost: response = .hangUp
        case .half where !response.body.isEmpty: response.breaksOff = true
        case .malformed: response.body = String(response.body.prefix(response.body.count / 2)) + "}"
        case .shortened:
            guard let short = shortening(response.body) else { return response }
            response.body = short
        default: return response
        }
        if let fault { counts.count(fault) }
        return response
    }

    /// What is answered in place of the service.
    private static func refusal(
        _ fault: Fault, _ request: HTTPDouble.Request, _ refusing: Refusal
    ) -> HTTPDouble.Response? {
        switch fault {
        case .throttled:
            refusing(fault, request) ?? HTTPDouble.Response(429, headers: ["Retry-After": "1"], body: "slow down")
        case .unavailable:
            refusing(fault, request) ?? HTTPDouble.Response(503, headers: ["Retry-After": "1"], body: "not now")
        case .failed: refusing(fault, request) ?? HTTPDouble.Response(500, body: "out of order")
        case .reset: .hangUp
        case .lost, .half, .malformed, .shortened: nil
        }
    }

    /// What the service answers; nil when it does not. It blocks the thread that serves the request, which is its own.
    private static func pass(_ request: HTTPDouble.Request, to upstream: HTTPSession) -> HTTPDouble.Response? {
        guard let method = HTTPRequest.Method(rawValue: request.method) else { return HTTPDouble.Response(405) }
        let path = request.path.split(separator: "/").map { String($0).removingPercentEncoding ?? String($0) }
        let query = (URLComponents(string: request.target)?.queryItems ?? []).map {
            HTTPRequest.Field($0.name, $0.value ?? "")
        }
        // The host stays: it may be signed.
        let dropped: Set<String> = ["content-length", "connection", "transfer-encoding", "accept-encoding"]
        let headers = request.headers.filter { !dropped.contains($0.key) }.map { HTTPRequest.Field($0.key, $0.value) }
        let outgoing = HTTPRequest(
            method, path, query: query, headers: headers, body: request.body.isEmpty ? nil : Array(request.body.utf8))
        let done = DispatchSemaphore(value: 0)
        let holder = AnswerHolder()
        Task.detached {
            do throws(ConnectorError) {
                let response = try await upstream.send(
                    outgoing, operation: "pass on", accepting: Set(300...599))
                holder.set(response)
            } catch {
                holder.set(nil)
            }
            done.signal()
        }
        done.wait()
        return holder.value.map { response in
            let own: Set<String> = ["content-length", "connection", "transfer-encoding", "keep-alive"]
            let kept = response.headers.filter { !own.contains($0.name.lowercased()) }
            return HTTPDouble.Response(
                response.status, headers: Dictionary(kept.map { ($0.name, $0.value) }) { first, _ in first },
                body: String(decoding: response.body, as: UTF8.self))
        }
    }
}

private final class FaultChance: Sendable {
    private struct State {
        var generator: SeededGenerator
        var percent: Int
        var only: FaultProxy.Fault?
    }

    private let state: Mutex<State>

    init(seed: UInt64, percent: Int) {
        state = Mutex(State(generator: SeededGenerator(seed: seed), percent: percent))
    }

    func set(_ percent: Int, _ only: FaultProxy.Fault?) {
        state.withLock { state in
            state.percent = percent
            state.only = only
        }
    }

    func next() -> FaultProxy.Fault? {
        state.withLock { state in
            guard state.generator.chance(state.percent) else { return nil }
            return state.only ?? state.generator.pick(FaultProxy.Fault.allCases)
        }
    }
}

private final class CountedFaults: Sendable {
    private struct Counts {
        var faults: [FaultProxy.Fault: Int] = [:]
        var statuses: [Int: Int] = [:]
    }

    private let counts = Mutex(Counts())

    var faults: [FaultProxy.Fault: Int] { counts.withLock { $0.faults } }
    var statuses: [Int: Int] { counts.withLock { $0.statuses } }

    func count(_ fault: FaultProxy.Fault) { counts.withLock { $0.faults[fault, default: 0] += 1 } }

    func count(_ status: Int) { counts.withLock { $0.statuses[status, default: 0] += 1 } }
}

private final class AnswerHolder: Sendable {
    private let answer = Mutex<HTTPResponse?>(nil)

    var value: HTTPResponse? { answer.withLock { $0 } }

    func set(_ response: HTTPResponse?) { answer.withLock { $0 = response } }
}
