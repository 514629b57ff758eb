import AccessModel
import Definitions
import Planning
import Policies
import StrictJSON
import TestSupport
import Testing

/// What a record keeps of a judged plan, however large it is.
@Suite struct RecordedReviewTests {
    private func review(_ text: String, people: Int) throws -> PlanReview {
        var world = PolicyFiles.world()
        for number in 0..<people {
            world.person("p\(number)", department: "Support")
            world.builder.organization.tenants[1].readers.append(
                ListedPerson(
                    email: Sample.email("p\(number)"),
                    place: SourceLocation(file: "tenants/shop.yaml", line: 9 + number, column: 1)))
        }
        world.builder.organization.policies =
            DefinitionReader.readPolicies(DefinitionFile(path: "policies/p.yaml", text: text)).policies
        let set = try #require(PolicySet.compile(world.builder.organization).set)
        return set.review(try world.outcome().plan, world: PolicyWorld(world.input))
    }

    private func read(_ recorded: RecordedReview) throws -> [DecidedQuestion] {
        var read: [DecidedQuestion] = []
        // As it comes back from a log.
        let others = try recorded.others.map { try JSONParser.parse($0.canonicalBytes) }
        RecordedReview.read(
            whole: .array(recorded.whole), others: others, { read.append($0) },
            unreadable: { Issue.record("unreadable: \($0)") })
        return read
    }

    @Test func everyQuestionOfALargePlanComesBackAsItWas() throws {
        let review = try review(
            """
            policies:
              - name: support
                on: change
                when: subject.department == "Support" && change.kind == "membership"
                deny: no
            """, people: 300)
        #expect(review.decisions.count == 600)
        let recorded = review.recorded
        #expect(recorded.whole.count == 200 && recorded.omitted == 0)
        let read = try read(recorded)
        // Those that were denied, and the rest of the plan, which was stopped with them.
        #expect(read.count == review.plan.changes.count)
        #expect(Set(read.map(\.about)) == Set(review.plan.changes.map(\.id)))
        let asked = Dictionary(uniqueKeysWithValues: review.decisions.map { ($0.change, $0) })
        for question in read {
            guard let decision = asked[question.about] else {
                #expect(question.verdict == .allowed && question.by == [])
                continue
            }
            #expect(question.verdict == .denied && question.by == [Sample.slug("support")])
            #expect(question.question.inputs == decision.question.inputs)
        }
        // Far fewer bytes than the same questions whole.
        let each = recorded.whole[0].canonicalBytes.count
        let others = try #require(recorded.others).canonicalBytes.count
        #expect(others < (read.count - 200) * each / 3)
    }

    @Test func ofAPlanThatRunsNothingIsKeptOfWhatNobodySpokeOf() throws {
        let review = try review(
            "policies:\n  - {name: a, on: change, when: 'subject.id == \"e-ana\"', warn: look}\n", people: 3)
        let read = try read(review.recorded)
        #expect(read.map(\.about) == review.decisions.map(\.change))
        #expect(review.recorded.others == nil)
    }

    @Test func whatIsDamagedIsSaidAndNothingElseIsLost() throws {
        let review = try review("policies:\n  - {name: a, on: change, deny: no}\n", people: 150)
        var others = try #require(review.recorded.others?.object)
        others["shared"] = .array([])
        var problems: [String] = []
        var count = 0
        RecordedReview.read(
            whole: .array(review.recorded.whole), others: .object(others), { _ in count += 1 },
            unreadable: { problems.append($0) })
        #expect(count == 200)
        #expect(problems.count == review.plan.changes.count - 200)
        #expect(problems.first?.contains("stands for a record that is not there") == true)
    }
}
