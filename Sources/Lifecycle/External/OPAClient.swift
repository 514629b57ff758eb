import AccessModel
import AuditTrail
import ConnectorKit
import Definitions
import Policies
import StrictJSON

/// Asks Open Policy Agents by their REST data API: `POST URL/v1/data/PATH` with `{"input": ...}`.
///
/// An answer counts when its `result` is true, false, or an object whose `allow` is one of these; `message` and `reasons`
/// of such an object say why. Anything else, `undefined` (no `result`) included, is no answer: what that means is for
/// the policies to say, and they deny what grants.
public struct OPAClient: PolicyAgents {
    /// Where secrets and relative paths of an agent's settings are looked up, and what time it is.
    public struct Surroundings: Sendable {
        public let baseDirectory: String
        public let now: @Sendable () -> Instant

        public init(baseDirectory: String, now: @escaping @Sendable () -> Instant) {
            self.baseDirectory = baseDirectory
            self.now = now
        }
    }

    /// Questions that are asked at the same time, at most.
    private static let concurrency = 8
    /// In bytes; a larger answer is none.
    private static let maximumAnswer = 1 << 20

    private let surroundings: Surroundings
    private let cache: OPAAnswerCache

    public init(_ surroundings: Surroundings, cacheSize: Int = 10_000) {
        self.surroundings = surroundings
        cache = OPAAnswerCache(limit: cacheSize)
    }

    /// What the agents say of one question, by the policy that asks; each within its deadline.
    public func answers(to questions: [ExternalQuestion]) async -> ExternalAnswers {
        var answers: [Slug: ExternalAnswer] = [:]
        await withTaskGroup(of: (Slug, ExternalAnswer).self) { group in
            var waiting = questions[...]
            for question in waiting.prefix(Self.concurrency) {
                group.addTask { (question.policy, await self.answer(question.agent, input: question.input)) }
            }
            waiting = waiting.dropFirst(Self.concurrency)
            for await (policy, answer) in group {
                answers[policy] = answer
                guard let next = waiting.popFirst() else { continue }
                group.addTask { (next.policy, await self.answer(next.agent, input: next.input)) }
            }
        }
        return ExternalAnswers(answers)
    }

    /// One agent's answer, from the cache where one of the very same question is young enough. That an agent gave no
    /// answer is never kept.
    public func answer(_ agent: PolicyDefinition.External, input: JSONValue) async -> ExternalAnswer {
        let question = OPAQuestion(url: agent.url, path: agent.path, input: input)
        if agent.cache > .zero, let known = await cache.answer(to: question, at: surroundings.now()) { return known }
        let answer: ExternalAnswer
        do throws(ConnectorError) {
            answer = try await ask(agent, input)
        } catch {
            return .unavailable(error.description)
        }
        if agent.cache > .zero {
            let now = surroundings.now()
            await cache.keep(answer, to: question, until: now + agent.cache, now: now)
        }
        return answer
    }

    private func ask(
        _ agent: PolicyDefinition.External, _ input: JSONValue
    ) async throws(ConnectorError) -> ExternalAnswer {
        let operation = "ask the policy agent for \(agent.path)"
        let session = try session(agent, operation)
        let request = HTTPRequest(
            .post, ["v1", "data"] + agent.path.split(separator: "/").map(String.init),
            headers: [.init("Content-Type", "application/json")],
            body: (["input": input] as JSONValue).canonicalBytes)
        let result: Result<HTTPResponse, ConnectorError> = await Deadline.run(agent.deadline) {
            do throws(ConnectorError) {
                return .success(try await session.send(request, operation: operation))
            } catch {
                return .failure(error)
            }
        } ifOver: {
            .failure(
                ConnectorError(
                    code: .unreachable, operation: operation, message: "no answer within \(agent.deadline)"))
        }
        await session.close()
        return try Self.read(try result.get(), operation)
    }

    private func session(
        _ agent: PolicyDefinition.External, _ operation: String
    ) throws(ConnectorError) -> HTTPSession {
        var token: SecretText?
        if let reference = agent.credential, let name = Slug("opa") {
            let secret = try CredentialReference(reference, target: name).resolve(
                target: name, baseDirectory: surroundings.baseDirectory)
            token = SecretText("Bearer " + secret.reveal())
        }
        var configuration = HTTPSession.Configuration(url: agent.url, authorization: token)
        configuration.timeout = agent.deadline
        configuration.connectTimeout = agent.deadline
        configuration.maximumBodySize = Self.maximumAnswer
        configuration.certificateAuthorities = agent.certificateAuthorities.map { path in
            path.hasPrefix("/") ? path : surroundings.baseDirectory + "/" + path
        }
        return try HTTPSession(configuration, clock: surroundings.now)
    }

    /// Reads `{"result": ...}`.
    static func read(_ response: HTTPResponse, _ operation: String) throws(ConnectorError) -> ExternalAnswer {
        func invalid(_ message: String) -> ConnectorError {
            ConnectorError(code: .invalid, operation: operation, message: message)
        }
        let json: JSONValue
        do {
            json = try JSONParser.parse(response.body)
        } catch {
            throw invalid("the answer is not JSON: \(error)")
        }
        guard let object = json.object else { throw invalid("the answer is \(json.kindName), not an object") }
        guard let result = object["result"] else {
            throw invalid("the answer has no `result`: the rule is undefined for this input, or not loaded")
        }
        if let allow = result.bool { return allow ? .allowed : .denied(reasons: []) }
        guard let allow = result["allow"]?.bool else {
            throw invalid("`result` is \(result.kindName) without a boolean `allow`; it must be a boolean, or have one")
        }
        return allow ? .allowed : .denied(reasons: reasons(of: result))
    }

    private static func reasons(of result: JSONValue) -> [String] {
        let all = [result["message"]?.string].compactMap { $0 } + (result["reasons"]?.array ?? []).compactMap(\.string)
        return all.prefix(20).map { reason in
            let line = String(decoding: reason.utf8.map { $0 < 0x20 || $0 == 0x7F ? 0x20 : $0 }, as: UTF8.self)
            return line.count > 500 ? line.prefix(500) + "…" : line
        }
    }
}

/// What is asked of whom: equal for equal questions, whatever the order in which an object's members were written.
struct OPAQuestion: Hashable, Sendable {
    private let digest: MerkleHash

    init(url: String, path: String, input: JSONValue) {
        digest = .leaf((["url": .string(url), "path": .string(path), "input": input] as JSONValue).canonicalBytes)
    }
}

/// Answers that may be used again: for as long as each says, and no more than `limit`, the oldest going first.
actor OPAAnswerCache {
    private struct Kept {
        let answer: ExternalAnswer
        let until: Instant
    }

    private let limit: Int
    private var kept: [OPAQuestion: Kept] = [:]
    /// In the order in which they were kept; some are gone or were kept anew.
    private var order: [OPAQuestion] = []
    private var first = 0

    init(limit: Int) { self.limit = max(1, limit) }

    var count: Int { kept.count }

    func answer(to question: OPAQuestion, at now: Instant) -> ExternalAnswer? {
        guard let found = kept[question] else { return nil }
        guard now < found.until else {
            kept[question] = nil
            return nil
        }
        return found.answer
    }

    func keep(_ answer: ExternalAnswer, to question: OPAQuestion, until: Instant, now: Instant) {
        if kept.updateValue(Kept(answer: answer, until: until), forKey: question) == nil { order.append(question) }
        while kept.count > limit, first < order.count {
            kept[order[first]] = nil
            first += 1
        }
        if first > limit || order.count > 4 * limit {
            var seen: Set<OPAQuestion> = []
            order = order[first...].filter { kept[$0] != nil && seen.insert($0).inserted }
            first = 0
        }
    }
}

/// Something that may take so long and no longer.
enum Deadline {
    static func run<Value: Sendable>(
        _ limit: Span, _ body: @escaping @Sendable () async -> Value, ifOver: @escaping @Sendable () -> Value
    ) async -> Value {
        await withTaskGroup(of: Value.self) { group in
            group.addTask { await body() }
            group.addTask {
                do {
                    try await Task.sleep(for: .milliseconds(limit.milliseconds))
                } catch {
                    // The other was quicker, and its answer counts.
                }
                return ifOver()
            }
            let first = await group.next() ?? ifOver()
            group.cancelAll()
            return first
        }
    }
}
