import AccessModel
import Definitions
import Planning
import Policies
import TestSupport
import Testing

/// Policies over whole plans.
@Suite struct PlanReviewTests {
    private func review(_ text: String, _ change: (inout PlanningWorld) -> Void = { _ in }) throws -> PlanReview {
        var world = PolicyFiles.world()
        change(&world)
        let reading = DefinitionReader.readPolicies(DefinitionFile(path: "policies/p.yaml", text: "policies:\n" + text))
        #expect(reading.diagnostics == [])
        world.builder.organization.policies = reading.policies
        let compiled = PolicySet.compile(world.builder.organization)
        let set = try #require(compiled.set, "\(compiled.diagnostics)")
        return set.review(try world.outcome().plan, world: PolicyWorld(world.input))
    }

    private let quiet = "  - {name: quiet, on: request, warn: w}\n"

    @Test func whatIsDeniedDeniesThePlanAndSaysWhere() throws {
        let review = try review(
            "  - {name: finance, on: change, when: subject.department == \"Finance\" && group.tenant == \"payments\", "
                + "deny: \"{subject.email} is in {subject.department}\"}\n")
        #expect(review.judgement.isDenied)
        let reason = try #require(review.judgement.verdict.reasons.first)
        #expect(reason.rule == "finance")
        #expect(reason.message == "ana@mountainlab.io is in Finance")
        #expect(reason.place?.description == "policies/p.yaml:2:12")
        #expect(
            reason.changes == [
                "corp add membership payments-live-readers e-ana", "corp add membership payments-sandbox-readers e-ana",
            ])
        #expect(review.decisions.map(\.change) == reason.changes)
        #expect(review.judgement.approved.changes == [])
    }

    @Test func whatIsObservedOrWarnedRuns() throws {
        let review = try review(
            """
              - {name: a, on: change, mode: observe, when: group.tenant == "shop", deny: no}
              - {name: b, on: change, when: group.tenant == "shop", warn: look}
            """)
        #expect(!review.judgement.isDenied)
        #expect(review.judgement.verdict.reasons.map(\.effect) == [.warns, .observes])
        #expect(review.judgement.approved.changes.count == review.plan.changes.count)
    }

    @Test func whatNeedsApprovalWaitsAndIsMarked() throws {
        let text =
            "  - {name: a, on: change, when: change.kind == \"membership\" && group.tenant == \"shop\", "
            + "require_approval: {from: approvers}}\n"
        let first = try review(text)
        let held = first.plan.changes.filter(\.isHeld)
        #expect(held.count == 4)
        #expect(held.allSatisfy { $0.fact.notation?.tenant.text == "shop" })
        #expect(!first.judgement.isDenied)
        #expect(first.judgement.approved.changes.allSatisfy { !$0.isHeld })
        #expect(first.judgement.verdict.reasons.map(\.effect) == [.holds])
        // The hash binds what is held.
        let plain = try review(quiet)
        #expect(plain.plan.hash != first.plan.hash)
        let needs = first.asked.mapValues { Set($0.map(\.key)) }
        #expect(Set(needs.keys) == Set(held.map(\.id)))
        let released = try review(text) { $0.recorded.agreedTo = needs }
        #expect(released.asked.isEmpty)
        #expect(released.plan.changes.filter(\.isHeld) == [])
        #expect(released.judgement.verdict.reasons == [])
    }

    /// What was agreed to is what was asked for then, and no second person's word.
    @Test func whatIsAskedForSinceWaitsAgain() throws {
        func text(_ count: Int) -> String {
            "  - {name: a, on: change, when: change.kind == \"membership\" && group.tenant == \"shop\", "
                + "require_approval: {from: approvers, count: \(count)}}\n"
        }
        let needs = try review(text(1)).asked.mapValues { Set($0.map(\.key)) }
        let stricter = try review(text(2)) { world in
            world.recorded.agreedTo = needs
            world.recorded.releasedChanges = Set(needs.keys)
        }
        #expect(Set(stricter.asked.keys) == Set(needs.keys))
        #expect(stricter.plan.isHeld)
        #expect(stricter.judgement.verdict.reasons.map(\.effect) == [.holds])
    }

    @Test func riskIsWeighedByDataCauseAndPolicy() throws {
        let plain = try review(quiet)
        let id = "corp add membership payments-live-readers e-ana"
        #expect(plain.plan.changes.first { $0.id == id }?.risk == 4 + 10)
        let weighed = try review("  - {name: a, on: change, when: subject.type == \"contractor\", risk: 20}\n")
        #expect(weighed.plan.changes.first { $0.id == id }?.risk == 4 + 10 + 20)
        #expect(weighed.plan.blastRadius.score == weighed.plan.changes.reduce(0) { $0 + $1.risk })
        #expect(weighed.plan.hash == plain.plan.hash)
    }

    @Test func nobodyHoldsWhatIsKeptApart() throws {
        let review = try review(quiet) { world in
            world.builder.organization.platform.separations = [
                SeparationRule(
                    name: Sample.slug("apart"), groups: ["payments-live-readers", "shop-live-readers"],
                    place: SourceLocation(file: "platform.yaml", line: 1, column: 1))
            ]
        }
        #expect(review.judgement.isDenied)
        let reason = try #require(review.judgement.verdict.reasons.first)
        #expect(reason.rule == "separation-of-duties")
        #expect(
            Set(reason.changes) == [
                "corp add membership payments-live-readers e-ana", "corp add membership payments-live-readers e-marta",
                "corp add membership shop-live-readers e-ana", "corp add membership shop-live-readers e-marta",
            ])
    }

    @Test func policiesOfPeopleStopWhatIsGivenToThem() throws {
        let review = try review(
            "  - {name: dated, on: person, when: subject.type == \"contractor\" && subject.end > "
                + "timestamp(\"2030-01-01T00:00:00Z\"), deny: \"{subject.id} has no end\"}\n")
        #expect(review.judgement.isDenied)
        let reason = try #require(review.judgement.verdict.reasons.first)
        #expect(reason.message == "e-ana has no end")
        #expect(reason.changes.allSatisfy { $0.hasSuffix("e-ana") })
    }

    @Test func theLastAdminIsHeldUnlessTheyLeave() throws {
        let review = try review(quiet) { world in
            do { try applied(&world) } catch { Issue.record(error) }
            world.builder.organization.tenants[0].admins = []
        }
        #expect(review.plan.blastRadius.lastAdminLosses == ["payments-live-admins", "payments-sandbox-admins"])
        let held = review.plan.changes.filter(\.isHeld)
        #expect(held.map(\.fact.kind) == [.membership, .membership, .membership, .membership])
        #expect(review.judgement.verdict.reasons.map(\.rule) == ["last-admin"])
        let left = try self.review(quiet) { world in
            do { try applied(&world) } catch { Issue.record(error) }
            for name in ["marta", "luis"] {
                world.person(
                    name, presence: .left, cause: .event(source: "hr", id: "2-\(name)", type: "left"))
            }
        }
        #expect(left.plan.blastRadius.lastAdminLosses.contains("payments-live-admins"))
        #expect(left.plan.changes.filter(\.isHeld) == [])
        #expect(left.judgement.verdict.reasons.map(\.effect) == [.warns])
        #expect(left.judgement.approved.changes.filter { $0.lane == .revoke }.count >= 4)
    }

    /// Of two admins one goes, with a reader of the same tenant: somebody is left, nothing is marked. Both go, and what is
    /// theirs is marked, while what the reader loses is not.
    @Test func onlyThoseWithoutWhomNobodyIsLeftAreMarked() throws {
        for leaving in [["marta"], ["marta", "luis"]] {
            let review = try review(quiet) { world in
                do { try applied(&world) } catch { Issue.record(error) }
                world.builder.organization.tenants[0].admins.removeAll { person in
                    leaving.contains { person.email == Sample.email($0) }
                }
                world.builder.organization.tenants[0].readers = []
            }
            let marked = review.judgement.verdict.reasons.first { $0.rule == "last-admin" }?.changes ?? []
            let people = Set(review.plan.changes.filter { marked.contains($0.id) }.map { $0.identity?.description })
            #expect(people == Set(leaving.count == 2 ? ["e-marta", "e-luis"] : []))
            #expect(review.plan.changes.contains { $0.lane == .revoke && $0.identity?.description == "e-ana" })
            #expect(review.plan.blastRadius.lastAdminLosses.isEmpty == (leaving.count == 1))
        }
    }

    private func applied(_ world: inout PlanningWorld) throws {
        try world.apply()
        world.previous = world.builder.organization
        world.builder.organization.revision = "revision-2"
    }

    @Test func nothingBlocksWhatTakesAccessAway() throws {
        let review = try review(
            """
              - {name: a, on: change, deny: no}
              - {name: b, on: change, when: "subject.groups[9] == ''", deny: no}
              - {name: c, on: change, require_approval: {from: approvers, count: 9}}
            """
        ) { world in
            do { try applied(&world) } catch { Issue.record(error) }
            world.person("ana", presence: .left, cause: .event(source: "hr", id: "2", type: "left"))
            world.person("nora")
            world.builder.organization.tenants[1].readers = [
                ListedPerson(
                    email: Sample.email("nora"), place: SourceLocation(file: "tenants/shop.yaml", line: 6, column: 1))
            ]
        }
        #expect(review.judgement.isDenied)
        let revocations = review.plan.changes.filter { $0.lane == .revoke }
        #expect(!revocations.isEmpty)
        #expect(review.judgement.approved.changes == revocations)
        #expect(revocations.allSatisfy { !$0.isHeld })
    }
}
