import AccessModel
import Definitions
import Policies
import StrictJSON
import TestSupport
import Testing

/// A question is a value that is written down and read back.
@Suite struct PolicyQuestionTests {
    private let world = PolicyFiles.world(PolicyFiles.world().builder.organization)

    private var questions: [PolicyQuestion] {
        let asked = PolicyFiles.asked("ana", "payments/live/contributor")
        return [
            world.request(asked, by: Sample.id("e-marta")), world.breakGlass(asked),
            world.approval(of: asked, by: Sample.id("e-luis"), isEligible: true),
            world.person(Sample.id("e-ana")),
            world.review(
                .person(Sample.id("e-ana")), in: Sample.group("payments/live/reader"),
                causes: [.drift, .grant(id: "g", until: Sample.now)]),
        ]
    }

    @Test func whatIsWrittenIsReadBack() throws {
        for question in questions {
            let text = question.inputs.canonicalBytes
            let again = try PolicyQuestion(json: try JSONParser.parse(text))
            #expect(again.inputs == question.inputs)
            #expect(again.kind == question.kind)
            #expect(PolicySet.builtIn.decide(again) == PolicySet.builtIn.decide(question))
        }
    }

    @Test func itHoldsWhatConditionsSee() {
        let inputs = questions[0].inputs
        #expect(inputs["on"] == "request")
        #expect(inputs["subject"]?["type"] == "contractor")
        #expect(
            inputs["subject"]?["groups"] == [
                "payments-live-readers", "payments-sandbox-readers", "shop-live-readers", "shop-sandbox-readers",
            ])
        #expect(inputs["requester"]?["email"] == "marta@mountainlab.io")
        #expect(inputs["group"]?["live"] == true)
        #expect(inputs["group"]?["compliance"] == ["pci-dss"])
        #expect(inputs["request"]?["duration"] == "7200s")
        #expect(inputs["request"]?["until"] == "2026-11-21T14:00:00Z")
        #expect(inputs["platform"]?["max_window"] == "43200s")
        #expect(inputs["risk"] == 30)
        #expect(inputs["change"] == nil)
    }

    @Test func whatIsNoneIsRefused() {
        for json: JSONValue in [
            ["on": "request", "subject": ["id": 7]], ["on": "nothing"], "request",
            ["on": "request", "now": "yesterday"],
        ] {
            #expect(throws: PolicyQuestionError.self) { try PolicyQuestion(json: json) }
        }
    }

    @Test func aRecordedDecisionIsReadBack() throws {
        let question = questions[2]
        let decision = PolicySet.builtIn.decide(question)
        let decided = DecidedQuestion(
            about: "req-1", question: question, external: [Sample.slug("a"): .denied(reasons: ["x"])],
            decision: decision)
        let again = try #require(try DecidedQuestion(json: decided.json))
        #expect(again.about == "req-1")
        #expect(again.verdict == decision.verdict)
        #expect(again.by == decision.decisive)
        #expect(again.external == decided.external)
        #expect(again.question.inputs == question.inputs)
        #expect(try DecidedQuestion(json: ["a": 1]) == nil)
    }
}
