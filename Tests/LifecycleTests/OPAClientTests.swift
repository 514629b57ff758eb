import AccessModel
import Definitions
import Foundation
import Policies
import StrictJSON
import Synchronization
import TestSupport
import Testing

@testable import Lifecycle

/// Against a double that is written from the documentation of Open Policy Agent's REST API; it proves nothing about the
/// product.
@Suite("Open Policy Agents are asked")
struct OPAClientTests {
    private static let place = SourceLocation(file: "policies/a.yaml", line: 1, column: 1)

    private func agent(
        _ url: String, cache: Span = .zero, deadline: Span = .seconds(5), credential: String? = nil
    ) -> PolicyDefinition.External {
        PolicyDefinition.External(
            url: url, path: "tenure/allow", deadline: deadline, cache: cache, credential: credential, place: Self.place)
    }

    private func client(at base: String = "/", cacheSize: Int = 100) -> OPAClient {
        OPAClient(
            OPAClient.Surroundings(baseDirectory: base, now: { Sample.now }), cacheSize: cacheSize)
    }

    private func answer(_ response: HTTPDouble.Response, deadline: Span = .seconds(5)) async throws -> ExternalAnswer {
        let double = try HTTPDouble { _ in response }
        defer { double.stop() }
        return await client().answer(agent(double.url, deadline: deadline), input: ["a": 1])
    }

    @Test func theQuestionIsAskedAsTheAPIHasIt() async throws {
        let double = try HTTPDouble { _ in HTTPDouble.Response(200, body: #"{"result": true}"#) }
        defer { double.stop() }
        let folder = try TemporaryFolder()
        let isWritten = FileManager.default.createFile(
            atPath: folder.path("token"), contents: Data("canary-token-1234\n".utf8),
            attributes: [.posixPermissions: 0o600])
        #expect(isWritten)
        let asked = await client(at: folder.path).answer(
            agent(double.url, credential: "file:token"), input: ["b": 2, "a": [1, nil]])
        #expect(asked == .allowed)
        let request = try #require(double.requests.first)
        #expect(request.method == "POST" && request.path == "/v1/data/tenure/allow")
        #expect(request.body == #"{"input":{"a":[1,null],"b":2}}"#)
        #expect(request.headers["content-type"] == "application/json")
        #expect(request.headers["authorization"] == "Bearer canary-token-1234")
    }

    @Test(arguments: [
        (#"{"result": true}"#, ExternalAnswer.allowed), (#"{"result": false}"#, .denied(reasons: [])),
        (#"{"result": {"allow": true, "message": "x"}}"#, .allowed),
        (
            #"{"result": {"allow": false, "message": "not\nnow", "reasons": ["a", 1, "b"]}, "decision_id": "1"}"#,
            .denied(reasons: ["not now", "a", "b"])
        ),
    ])
    func answersThatCount(_ body: String, _ expected: ExternalAnswer) async throws {
        #expect(try await answer(HTTPDouble.Response(200, body: body)) == expected)
    }

    @Test(arguments: [
        "{}", #"{"result": null}"#, #"{"result": "true"}"#, #"{"result": 1}"#, #"{"result": {}}"#,
        #"{"result": {"allow": "yes"}}"#, #"{"result": [true]}"#, #"{"result": true, "result": false}"#, "true", "",
        #"{"result": tru"#,
    ])
    func anythingElseIsNoAnswer(_ body: String) async throws {
        guard case .unavailable(let why) = try await answer(HTTPDouble.Response(200, body: body)) else {
            Issue.record("taken: \(body)")
            return
        }
        #expect(why.contains("tenure/allow"))
    }

    @Test(arguments: [400, 401, 404, 500, 503, 302])
    func anErrorIsNoAnswer(_ status: Int) async throws {
        let answer = try await answer(HTTPDouble.Response(status, body: #"{"result": true}"#))
        #expect(answer != .allowed)
        guard case .unavailable = answer else { throw Unexpected() }
    }

    private struct Unexpected: Error {}

    @Test func nobodyThereOrNoAnswerInTimeIsNoAnswer() async throws {
        let nobody = try await LoopbackSocket.withDeadPort { port in
            await client().answer(agent("http://127.0.0.1:\(port)"), input: [:])
        }
        guard case .unavailable = nobody else { throw Unexpected() }
        let slow = try HTTPDouble { _ in
            Thread.sleep(forTimeInterval: 10)
            return HTTPDouble.Response(200, body: #"{"result": true}"#)
        }
        defer { slow.stop() }
        // An answer that came too late would be `allowed`.
        let late = await client().answer(agent(slow.url, deadline: .seconds(1)), input: [:])
        guard case .unavailable = late else { throw Unexpected() }
    }

    @Test func aSecretThatIsMissingIsNoAnswer() async throws {
        let answer = await client().answer(agent("http://127.0.0.1:9", credential: "env:NOT_SET_ANYWHERE"), input: [:])
        guard case .unavailable(let why) = answer else { throw Unexpected() }
        #expect(why.contains("NOT_SET_ANYWHERE"))
    }

    // MARK: The cache

    @Test func anAnswerIsUsedAgainForTheSameQuestionAndItsTime() async throws {
        let double = try HTTPDouble { _ in HTTPDouble.Response(200, body: #"{"result": true}"#) }
        defer { double.stop() }
        let box = ClockBox()
        let client = OPAClient(
            OPAClient.Surroundings(baseDirectory: "/", now: { box.now.withLock { $0 } }), cacheSize: 10)
        let agent = agent(double.url, cache: .seconds(30))
        _ = await client.answer(agent, input: ["a": 1, "b": 2])
        _ = await client.answer(agent, input: ["b": 2, "a": 1])
        #expect(double.requests.count == 1)
        _ = await client.answer(agent, input: ["a": 2, "b": 2])
        #expect(double.requests.count == 2)
        box.now.withLock { $0 = $0 + .seconds(30) }
        _ = await client.answer(agent, input: ["a": 1, "b": 2])
        #expect(double.requests.count == 3)
    }

    private final class ClockBox: Sendable {
        let now = Mutex(Sample.now)
    }

    @Test func withoutATimeAndAfterAFailureNothingIsKept() async throws {
        let count = Mutex(0)
        let double = try HTTPDouble { _ in
            let number = count.withLock { count in
                count += 1
                return count
            }
            return HTTPDouble.Response(number == 1 ? 500 : 200, body: #"{"result": true}"#)
        }
        defer { double.stop() }
        let client = client()
        _ = await client.answer(agent(double.url, cache: .hours(1)), input: [:])
        #expect(await client.answer(agent(double.url, cache: .hours(1)), input: [:]) == .allowed)
        _ = await client.answer(agent(double.url), input: ["x": 1])
        _ = await client.answer(agent(double.url), input: ["x": 1])
        #expect(double.requests.count == 4)
    }

    @Test func theCacheDoesNotGrowBeyondItsSize() async {
        let cache = OPAAnswerCache(limit: 3)
        func question(_ number: Int64) -> OPAQuestion { OPAQuestion(url: "u", path: "p", input: .integer(number)) }
        for number in 0..<100 as Range<Int64> {
            await cache.keep(
                .allowed, to: question(number), until: Sample.now + .hours(1), now: Sample.now)
            #expect(await cache.count <= 3)
        }
        #expect(await cache.answer(to: question(99), at: Sample.now) == .allowed)
        #expect(await cache.answer(to: question(0), at: Sample.now) == nil)
        #expect(await cache.answer(to: question(99), at: Sample.now + .hours(1)) == nil)
    }
}

@Suite("Agents and plans")
struct PolicyAgentsTests {
    private final class Counting: PolicyAgents {
        let asked = Mutex<[String]>([])
        let answer: ExternalAnswer

        init(_ answer: ExternalAnswer) { self.answer = answer }

        func answers(to questions: [ExternalQuestion]) async -> ExternalAnswers {
            asked.withLock { $0 += questions.map(\.policy.text) }
            return ExternalAnswers(Dictionary(uniqueKeysWithValues: questions.map { ($0.policy, answer) }))
        }
    }

    private func plan(_ lanes: [Change.Lane]) -> Plan {
        let changes = lanes.enumerated().map { number, lane in
            Change(
                target: Sample.slug("corp"), operation: lane == .grant ? .add : .remove, lane: lane,
                fact: .group(GroupFact(slug: "g\(number)", notation: nil)), causes: [], risk: 0, stage: 0)
        }
        return Plan(
            hash: "h", changes: changes, blastRadius: BlastRadius(), definitionsRevision: "r", plannedAt: Sample.now,
            notes: [])
    }

    private func questions(_ plan: Plan) -> [String: [ExternalQuestion]] {
        let agent = PolicyDefinition.External(
            url: "http://127.0.0.1:9", path: "tenure/allow",
            place: SourceLocation(file: "policies/a.yaml", line: 1, column: 1))
        let asked = plan.changes.map { change in
            (change.id, [ExternalQuestion(policy: Sample.slug("opa"), agent: agent, input: .string(change.id))])
        }
        return Dictionary(uniqueKeysWithValues: asked)
    }

    @Test func nobodyIsAskedOfWhatTakesAccessAway() async {
        let plan = plan([.revoke, .grant, .revoke, .grant])
        let agents = Counting(.denied(reasons: ["no"]))
        let answers = await agents.answers(to: questions(plan), of: plan)
        #expect(Set(answers.keys) == Set(plan.changes.filter { $0.lane == .grant }.map(\.id)))
        #expect(answers.values.allSatisfy { $0[Sample.slug("opa")] == .denied(reasons: ["no"]) })
        #expect(agents.asked.withLock { $0.count } == 2)
    }

    @Test func anAgentThatIsSilentCostsOneDeadlineAPlan() async {
        let plan = plan(Array(repeating: .grant, count: 50))
        let agents = Counting(.unavailable("down"))
        let answers = await agents.answers(to: questions(plan), of: plan)
        #expect(answers.count == 50)
        #expect(answers.values.allSatisfy { $0[Sample.slug("opa")] == .unavailable("down") })
        #expect(agents.asked.withLock { $0.count } == 1)
    }
}
