import AccessModel
import Definitions
import Planning

extension Workload {
    /// From the bytes of one changed file to its plan, with the index of what is in force at hand.
    static let changedFile = Workload(
        "plan-changed-file", area: "Planner", title: "one changed tenant file of 1,000 changes"
    ) { bench in
        var medians: [Double] = []
        for size in bench.sizes([1_000, 10_000, 100_000, 1_000_000]) {
            let edit = try FileEdit(Enterprise(size: size))
            let reading = try await bench.seconds(.cpu, runs: 21, warmUp: 3) { keep(try edit.read()) }
            let all = try await bench.seconds(.cpu, runs: 21, warmUp: 3) { try edit.plan() }
            medians.append(all.median)
            bench.record(
                "bytes to plan", size: size, unit: "ms", all.median * 1_000, samples: all.milliseconds,
                goal: .atMost(5),
                references: [Reference("reading that file", reading.median * 1_000)])
        }
        guard medians.count > 1, let first = medians.first, let last = medians.last else { return }
        bench.record("largest against smallest", unit: "", last / first, goal: .atMost(1.5))
    }
}

/// A tenant of 500 people all of whom are exchanged: 500 names gone, 500 new.
struct FileEdit {
    private let input: PlanningInput
    private let index: RevisedIndex
    private let file: DefinitionFile
    private let organization: Organization
    private let observations: [Slug: TargetObservation]

    init(_ enterprise: Enterprise) throws {
        guard let corp = Enterprise.target else { throw EnterpriseError(description: "no target") }
        var organization = try enterprise.organization()
        let before = enterprise.file(ofTenant: 0, members: Array(0..<500))
        organization.tenants[0] = try Self.tenant(before, organization)
        input = try enterprise.input(organization: organization, roster: try enterprise.roster())
        let index = PlanningIndex(input)
        self.index = RevisedIndex(index)
        self.organization = organization
        file = enterprise.file(ofTenant: 0, members: Array(500..<1_000))
        let people = Set((0..<1_000).map { enterprise.person($0) })
        let slugs = Set(organization.groups(of: organization.tenants[0].name).map { organization.slug(of: $0) })
        let facts = Planner.desired(input, index: index).facts.map(\.fact).filter { fact in
            fact.groupSlug.map(slugs.contains) ?? people.contains(fact.identity?.description ?? "")
        }
        observations = [corp: TargetObservation(facts: facts, knownMemberships: enterprise.membershipCount * 2)]
    }

    func read() throws -> Tenant { try Self.tenant(file, organization) }

    func plan() throws {
        let tenant = try read()
        guard let revised = index.changing([tenant.name: tenant], revision: "revision-2") else {
            throw EnterpriseError(description: "the names are another tenant's")
        }
        let outcome = try Planner.plan(input, observations: observations, changedIn: revised)
        guard outcome.plan.changes.count == 2_000 else {
            throw EnterpriseError(description: "\(outcome.plan.changes.count) changes in place of 2,000")
        }
        keep(outcome)
    }

    private static func tenant(_ file: DefinitionFile, _ organization: Organization) throws -> Tenant {
        let reading = DefinitionReader.readTenant(file, in: organization, connectors: Enterprise.connectors)
        guard let tenant = reading.tenant else {
            throw EnterpriseError(description: reading.diagnostics.first?.text ?? "no tenant")
        }
        return tenant
    }
}
