import AccessModel
import Definitions
import Planning
import TestSupport
import Testing

/// FORMATS, "Who gets what", "Where" and "Operators": which groups there are, and who stands in them.
@Suite struct WhereRules {
    private let corp = Sample.slug("corp")

    private func world() -> PlanningWorld {
        var world = PlanningWorld()
        world.builder.tenant(
            "payments", admins: ["marta"], contributors: ["javi"], readers: ["pedro"], standing: ["sandbox"])
        world.builder.workload("payments", "live", "deploy")
        for name in ["marta", "javi", "pedro", "luis"] { world.person(name) }
        return world
    }

    private func members(_ path: String, _ world: PlanningWorld) -> [String] {
        Planner.who(Sample.group(path), world.input)?.members.map(\.identity.description) ?? ["no such group"]
    }

    @Test(arguments: [
        ("payments/live/reader", ["e-javi", "e-marta", "e-pedro"]),
        ("payments/sandbox/reader", ["e-javi", "e-marta", "e-pedro"]),
        ("payments/sandbox/contributor", ["e-javi", "e-marta"]),
        ("payments/live/contributor", []), ("payments/live/admin", []), ("payments/sandbox/admin", []),
        ("payments/live/operator", ["workload:payments/live/deploy"]), ("payments/sandbox/operator", []),
        ("payments/moon/reader", ["no such group"]),
    ])
    func whoGetsWhat(path: String, expected: [String]) { #expect(members(path, world()) == expected) }

    @Test func everyCombinationHasItsGroupEvenEmpty() {
        let groups = Planner.desired(world().input).facts.filter { $0.fact.kind == .group }.map(\.fact.key)
        // Three units of two tiers and four roles: payments, platform, security.
        #expect(groups.count == 24)
        #expect(groups.contains("group payments-live-admins") && groups.contains("group payments-live-operator"))
    }

    @Test func aSectorsTiersAreTheTenants() {
        var world = world()
        world.builder.organization.platform.sectors[2].tiers = [Sample.slug("live")]
        #expect(members("payments/sandbox/reader", world) == ["no such group"])
        world.builder.organization.tenants[0].sectors = [Sample.slug("ecommerce"), Sample.slug("logistics")]
        #expect(members("payments/sandbox/reader", world).count == 3)
    }

    @Test func coreAdminsAndContributorsHoldReader() {
        var world = world()
        world.builder.core("platform/live/admin", members: ["marta"])
        world.builder.core("platform/live/contributor", members: ["javi", "marta"])
        world.builder.core("platform/live/reader", members: ["pedro"])
        #expect(members("platform/live/reader", world) == ["e-javi", "e-marta", "e-pedro"])
        #expect(members("platform/sandbox/reader", world) == [])
        #expect(members("platform/live/contributor", world) == [])
        let marta = Planner.who(Sample.group("platform/live/reader"), world.input)?.members[1]
        #expect(marta?.causes.count == 2)
    }

    @Test func aTargetHoldsWhatItCovers() {
        var world = world()
        world.builder.target("live", covers: Coordinate(tier: .exactly(Sample.slug("live"))))
        world.builder.target("other", covers: Coordinate(sector: .exactly(Sample.slug("logistics"))))
        world.builder.target("ours", covers: Coordinate(tenant: .exactly(Sample.slug("payments"))))
        for name in ["live", "other", "ours"] { world.abilities[Sample.slug(name)] = Sample.directory }
        func groups(_ target: String) -> Int {
            Planner.desired(world.input).facts.count { $0.target.text == target && $0.fact.kind == .group }
        }
        #expect(groups("live") == 12)
        #expect(groups("other") == 0)
        #expect(groups("ours") == 8)
    }

    @Test func rolesAreAssignedInEverySectorThatTheTargetCovers() {
        var world = world()
        world.builder.organization.tenants[0].sectors = [Sample.slug("ecommerce"), Sample.slug("logistics")]
        world.builder.crossSectorRead("platform-live-readers", sector: "ecommerce", tier: "live")
        world.builder.target(
            "cloud",
            covers: Coordinate(tier: .exactly(Sample.slug("live")), region: .exactly(Sample.slug("eu01"))))
        world.abilities[Sample.slug("cloud")] = Sample.cloud
        let facts = Planner.desired(world.input).facts.filter { $0.target.text == "cloud" }.map(\.fact.key)
        #expect(facts.contains("role_assignment payments-live-readers reader ecommerce/live/eu01/payments"))
        #expect(facts.contains("role_assignment payments-live-admins admin logistics/live/eu01/payments"))
        #expect(facts.contains("role_assignment platform-live-readers reader platform/live/eu01/platform"))
        #expect(facts.contains("role_assignment platform-live-readers reader ecommerce/live/eu01/*"))
        #expect(
            facts.contains(
                "federated_trust payments-live-operator https://token.actions.githubusercontent.com "
                    + "repo:mountainlab/payments:environment:live api://tenure"))
        #expect(!facts.contains { $0.contains("sandbox") || $0.hasPrefix("group") || $0.hasPrefix("account") })
    }

    @Test func aCrossSectorReadAddsNobody() {
        var world = world()
        world.builder.core("platform/live/reader", members: ["luis"])
        world.builder.crossSectorRead("platform-live-readers", sector: "ecommerce", tier: "live")
        #expect(members("payments/live/reader", world) == ["e-javi", "e-marta", "e-pedro"])
    }

    @Test func crossTierReadersShareOneGroup() {
        var world = world()
        world.builder.organization.platform.naming.crossTierReaders = true
        let facts = Planner.desired(world.input).facts
        #expect(facts.count { $0.fact.key == "group payments-readers" } == 1)
        #expect(facts.count { $0.fact.key == "membership payments-readers e-pedro" } == 1)
        #expect(!facts.contains { $0.fact.key == "group payments-live-readers" })
    }

    @Test func twoGroupsOfOneSlugAreAnError() {
        var world = world()
        world.builder.rule("clash", groups: ["Payments-live-readers"])
        let state = Planner.desired(world.input)
        #expect(state.notes.map(\.code) == ["slug-collision"])
        #expect(!state.facts.contains { $0.fact.key == "membership payments-live-readers e-luis" })
    }

    @Test func aSlugTooLongIsAnError() {
        var world = world()
        world.abilities[corp]?.maximumGroupNameLength = 21
        let state = Planner.desired(world.input)
        #expect(Set(state.notes.map(\.code)) == ["slug-too-long"])
        #expect(!state.facts.contains { $0.fact.groupSlug == "payments-live-readers-x" })
        #expect(!state.facts.contains { $0.fact.groupSlug == "payments-live-contributors" })
        #expect(state.facts.contains { $0.fact.groupSlug == "payments-live-readers" })
    }

    @Test func accountsFollowBirthrightAndMemberships() throws {
        var world = world()
        world.builder.rule("everyone", accounts: ["corp"])
        let facts = Planner.desired(world.input).facts
        let luis = try #require(facts.first { $0.fact.key == "account e-luis" })
        #expect(luis.causes.map(\.description) == ["birthright `everyone` (birthright.yaml:2:5)"])
        let pedro = try #require(facts.first { $0.fact.key == "account e-pedro" })
        #expect(
            pedro.causes.map(\.description)
                == ["tenants/payments.yaml:6:13", "birthright `everyone` (birthright.yaml:2:5)"])
    }

    @Test func birthrightMatchesAllConditions() {
        var world = world()
        world.builder.rule(
            "engineers",
            match: [
                .init(attribute: .department, values: ["Engineering", "Data"]),
                .init(attribute: .type, values: ["employee"]),
            ], groups: ["engineering"])
        world.person("ana", department: "Data")
        world.person("ivo", kind: .contractor, department: "Data")
        let facts = Planner.desired(world.input).facts.map(\.fact.key).filter { $0.contains(" engineering ") }
        #expect(facts == ["membership engineering e-ana"])
    }

    @Test func aTargetThatCannotHoldAnEmptyGroupLacksItWithoutDrift() throws {
        var world = world()
        world.abilities[corp]?.holdsEmptyGroups = false
        let added = try world.outcome().plan.changes.filter { $0.fact.kind == .group }.map(\.fact.key)
        #expect(added.contains("group payments-live-readers"))
        #expect(!added.contains("group payments-live-admins"))
    }

    @Test func workloadsAreMembersOnlyWhereTheTargetHoldsThem() {
        var world = world()
        world.abilities[corp]?.holdsWorkloadMembers = false
        #expect(
            !Planner.desired(world.input).facts.contains {
                $0.fact.identity == world.builder.organization.tenants[0].workloads[0].identity
            })
    }

    @Test func aTargetInReportModeSaysThatItsChangesAreNeverMade() throws {
        var world = world()
        let seen = Sample.slug("seen")
        world.builder.target("seen", mode: .report)
        world.abilities[seen] = Sample.directory
        let plan = try world.outcome().plan
        let count = plan.changes.count { $0.target == seen }
        let note = try #require(plan.notes.first { $0.code == "report-only" })
        #expect(count > 0)
        #expect(note.severity == .note && note.message.contains("`seen`") && note.message.contains("\(count) changes"))
        #expect(!plan.notes.contains { $0.code == "report-only" && $0.message.contains("`corp`") })
        #expect(plan.reportedOnly == [seen] && plan.hasWork)
        #expect(plan.summary.hasSuffix("; \(count) reported only"))
        let marked = plan.json["changes"]?.array?.filter { $0["reported_only"]?.bool == true } ?? []
        #expect(marked.count == count && marked.allSatisfy { $0["target"]?.string == "seen" })
    }
}
