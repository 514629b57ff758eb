import AccessModel
import Definitions
import Planning
import TestSupport
import Testing

/// A plan of some changed files against the full plan, on organisations and changes made by chance.
@Suite struct RevisionTests {
    private static let seeds = Array(UInt64(1)...80)

    @Test(arguments: seeds) func aChangedFilesPlanIsTheFullPlansPart(seed: UInt64) throws {
        var revision = RandomRevision(seed: seed)
        var index = RevisedIndex(PlanningIndex(revision.world.input))
        // Several revisions, one after the other: each is compared, then in force.
        for number in 0..<3 {
            let changed = revision.next(number)
            let revised = try #require(index.changing(changed, revision: revision.world.builder.organization.revision))
            #expect(revised.names == Set(changed.keys))
            let upkeep = try compare(revision, revised)
            index = revised.settling(upkeep, recorded: revision.world.recorded)
            revision.record(upkeep)
            #expect(index.names.isEmpty)
        }
    }

    private func compare(_ revision: RandomRevision, _ index: RevisedIndex) throws -> Upkeep {
        let world = revision.world
        let full = try world.outcome()
        let part = try Planner.plan(world.input, observations: world.observations, changedIn: index)
        let ids = Set(part.plan.changes.map(\.id))
        let expected = full.plan.changes.filter { ids.contains($0.id) }
        // In its order, and nothing that the full plan has not.
        #expect(differences(part.plan.changes.map(\.id), expected.map(\.id)) == [])
        for (mine, its) in zip(part.plan.changes, expected) {
            #expect(difference(mine, its.waiting(for: its.after.filter(ids.contains))) == "")
        }
        // What is missing is no group's of these tenants, and the full plan had it before the files changed.
        var before = world
        before.builder.organization = revision.inForce
        before.previous = nil
        let known = Set(try before.outcome().plan.changes.map(\.id))
        let missing = full.plan.changes.filter { !ids.contains($0.id) }
        #expect(missing.filter { revision.slugs.contains($0.fact.groupSlug ?? "") }.map(\.id) == [])
        #expect(missing.map(\.id).filter { !known.contains($0) } == [])
        let names = index.names
        let recorded = full.upkeep.bindingsToRecord.filter { names.contains($0.key.tenant) }
        let forgotten = full.upkeep.bindingsToForget.filter { names.contains($0.tenant) }
        #expect(part.upkeep.bindingsToRecord == recorded)
        #expect(part.upkeep.bindingsToForget == forgotten)
        #expect(Set(part.upkeep.lostGrants).isSubset(of: full.upkeep.lostGrants))
        return part.upkeep
    }

    private func differences(_ left: [String], _ right: [String]) -> [String] {
        left == right ? [] : Set(left).symmetricDifference(right).sorted() + ["order"]
    }

    /// In few words: what two changes of one id do not have in common.
    private func difference(_ left: Change, _ right: Change) -> String {
        guard left != right else { return "" }
        return "\(left.id): \(left.causes) \(left.after) \(left.isCounted) \(left.risk) and "
            + "\(right.causes) \(right.after) \(right.isCounted) \(right.risk)"
    }

    /// The revisions reach every kind of change, so that equality says something.
    @Test func theRevisionsReachEveryCorner() throws {
        var operations = Set<String>()
        var kinds = Set<String>()
        for seed in Self.seeds {
            var revision = RandomRevision(seed: seed)
            let index = RevisedIndex(PlanningIndex(revision.world.input))
            let changed = revision.next(0)
            let revised = try #require(index.changing(changed, revision: "revision-0"))
            let plan = try Planner.plan(
                revision.world.input, observations: revision.world.observations, changedIn: revised
            ).plan
            for change in plan.changes {
                operations.insert("\(change.operation.rawValue) \(change.fact.kind.rawValue)")
            }
            for (name, tenant) in changed {
                let wasThere = revision.inForce.tenant(name) != nil
                kinds.insert(wasThere ? (tenant == nil ? "deleted" : "edited") : "added")
            }
        }
        #expect(kinds == ["added", "deleted", "edited"])
        #expect(
            operations.isSuperset(of: [
                "add account", "add group", "add membership", "add role_assignment", "add federated_trust",
                "remove group", "remove membership", "remove role_assignment", "remove federated_trust",
                "update account",
            ]), "\(operations.sorted())")
    }

    @Test func aNameThatIsAnotherTenantsTooNeedsAFullPlan() throws {
        var world = PlanningWorld()
        world.builder.organization.platform.naming.template = "{tenant}-{roles}-{tier}"
        world.builder.organization.platform.tiers.append(TierDefinition(name: Sample.slug("x-live"), isLive: true))
        world.builder.tenant("shop", admins: ["ana"])
        world.person("ana")
        let index = RevisedIndex(PlanningIndex(world.input))
        var other = try #require(world.builder.organization.tenant(Sample.slug("shop")))
        other.name = Sample.slug("shop2")
        #expect(index.changing([other.name: other], revision: "2") != nil)
        world.builder.organization.platform.naming.template = "all-{tier}-{roles}"
        let shared = RevisedIndex(PlanningIndex(world.input))
        #expect(shared.changing([other.name: other], revision: "2") == nil)
    }
}

extension Change {
    fileprivate func waiting(for ids: [String]) -> Change {
        Change(
            target: target, operation: operation, lane: lane, fact: fact, before: before, causes: causes, risk: risk,
            stage: stage, after: ids, isCounted: isCounted, isHeld: isHeld)
    }
}
