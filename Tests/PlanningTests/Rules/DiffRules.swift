import AccessModel
import Definitions
import Planning
import TestSupport
import Testing

/// What is added, changed, removed, and left alone.
@Suite struct DiffRules {
    private let corp = Sample.slug("corp")

    private func world() throws -> PlanningWorld {
        var world = PlanningWorld()
        world.builder.tenant("payments", admins: ["marta"], readers: ["ana"])
        world.person("marta")
        world.person("ana")
        try world.apply()
        return world
    }

    private func membership(_ group: String, _ identity: String, _ account: String = "x@mountainlab.io") -> Fact {
        .membership(
            Membership(
                group: group, notation: nil, identity: IdentityID(identity) ?? .foreign(identity), account: account))
    }

    private func ids(_ world: PlanningWorld) throws -> [String] { try world.outcome().plan.changes.map(\.id) }

    @Test("a contract's last day is the account's, where a target has a place for it")
    func lastDay() throws {
        var world = PlanningWorld()
        world.builder.rule("all", accounts: ["corp"])
        let (first, second) = (CalendarDay("2026-12-15"), CalendarDay("2027-03-31"))
        world.person("ivo", kind: .contractor, endDate: first)
        world.person("ana")
        try world.apply()
        let ivo = IdentityID.person(Sample.id("e-ivo"))
        func see(_ end: Account.End?, of identity: IdentityID) {
            world.held[corp] = world.held[corp]?.map { fact in
                guard case .account(var account) = fact, account.identity == identity else { return fact }
                account.end = end
                return .account(account)
            }
        }
        func changed() throws -> [String] {
            try world.outcome().plan.changes.map { change in
                guard case .account(let account) = change.fact else { return change.id }
                return "\(change.operation.rawValue) \(account.identity) \(account.end.map { "\($0)" } ?? "no end")"
            }
        }
        let day = try #require(first)
        #expect(world.held[corp]?.contains { $0.identity == ivo && $0.json["last_day"] == "2026-12-15" } == true)
        #expect(try changed() == [])
        see(nil, of: ivo)
        #expect(try changed() == [], "the target has no place for it")
        for end in [Account.End.never, .after(day.next)] {
            see(end, of: ivo)
            #expect(try changed() == ["update e-ivo \(Account.End.after(day))"])
        }
        see(.after(day), of: ivo)
        #expect(try changed() == [])
        world.person("ivo", kind: .contractor, endDate: second)
        #expect(try changed() == ["update e-ivo \(Account.End.after(try #require(second)))"])
        world.person("ivo")
        #expect(try changed() == ["update e-ivo no end"], "a contract that became permanent")
        see(.never, of: ivo)
        see(.after(day), of: .person(Sample.id("e-ana")))
        #expect(try changed() == ["update e-ana no end"], "somebody set one by hand")
    }

    @Test func aForeignMemberOfAManagedGroupIsRemoved() throws {
        var world = try world()
        world.held[corp]?.append(membership("payments-live-admins", "foreign:mallory", "mallory"))
        let changes = try world.outcome().plan.changes
        #expect(changes.map(\.id) == ["corp remove membership payments-live-admins foreign:mallory"])
        #expect(changes[0].causes == [.drift])
    }

    @Test func aPersonWhomNobodyPutThereIsRemoved() throws {
        var world = try world()
        world.held[corp]?.append(membership("payments-live-admins", "e-ana"))
        #expect(try ids(world) == ["corp remove membership payments-live-admins e-ana"])
    }

    @Test("who was put into a live group that can do harm is critical, and who is concerned is said")
    func unwantedAccessIsCritical() throws {
        var world = try world()
        world.builder.workload("payments", "sandbox", "deploy")
        try world.apply()
        #expect(try world.outcome().plan.notes == [])
        let runner = "workload:payments/sandbox/deploy"
        world.held[corp]?.append(membership("payments-live-contributors", runner, runner))
        world.held[corp]?.append(membership("payments-live-admins", "foreign:mallory", "mallory"))
        world.held[corp]?.append(membership("payments-live-readers", "foreign:eve", "eve"))
        world.held[corp]?.append(membership("payments-sandbox-admins", "foreign:eve", "eve"))
        let plan = try world.outcome().plan
        #expect(plan.changes.count == 4)
        #expect(plan.changes.allSatisfy { $0.operation == .remove && $0.causes == [.drift] && !$0.isCounted })
        let critical = plan.notes.filter { $0.code == "critical-drift" }.map(\.message)
        #expect(critical.count == 2)
        #expect(
            critical.contains(
                "critical: `\(runner)` (\(runner)) is contributor of payments in live, in target `corp`, and no definition, event "
                    + "or window says so; it concerns payments in ecommerce, whose admins are marta@mountainlab.io"))
        #expect(critical.contains { $0.hasPrefix("critical: `mallory` is admin of payments in live") })
    }

    @Test func manyOfThemAreCounted() throws {
        var world = try world()
        for number in 0..<50 {
            world.held[corp]?.append(membership("payments-live-admins", "foreign:m\(number)", "m\(number)"))
        }
        let notes = try world.outcome().plan.notes
        #expect(notes.count == 21)
        #expect(notes.last?.message == "critical: 30 more like these")
    }

    @Test func othersGroupsAndAccountsAreOnlyReported() throws {
        var world = try world()
        world.held[corp]?.append(.group(GroupFact(slug: "printers", notation: nil)))
        world.held[corp]?.append(membership("printers", "e-ana"))
        world.held[corp]?.append(
            .account(Account(identity: .foreign("scanner"), name: "scanner", state: .active)))
        let plan = try world.outcome().plan
        #expect(plan.changes == [])
        #expect(plan.notes.map(\.code) == ["unmanaged-group", "unmanaged-account"])
        #expect(plan.notes[0].message == "target `corp` has 1 group that Tenure does not manage: `printers`")
    }

    @Test func manyUnmanagedAreOneNote() throws {
        var world = try world()
        for number in 0..<50 { world.held[corp]?.append(.group(GroupFact(slug: "g\(number)", notation: nil))) }
        let notes = try world.outcome().plan.notes
        #expect(notes.count == 1)
        #expect(notes[0].message.hasSuffix("`g0`, `g1`, `g10` and 47 more"))
    }

    @Test func ownedGroupsThatAreNoLongerDesiredGoAfterTheirMembers() throws {
        var world = try world()
        world.builder.organization.tenants = []
        let changes = try world.outcome().plan.changes
        let group = try #require(changes.first { $0.id == "corp remove group payments-live-readers" })
        let member = try #require(changes.first { $0.id == "corp remove membership payments-live-readers e-ana" })
        #expect(group.stage > member.stage)
        #expect(changes.map(\.id).contains("corp update account e-ana"))
    }

    @Test func aStrangersAccountOfThatAddressIsTakenOver() throws {
        var world = try world()
        world.person("luis")
        world.builder.tenant("search", readers: ["luis"])
        let stranger = Account(identity: .foreign("LUIS"), name: "Luis@MountainLab.io", state: .disabled)
        world.held[corp]?.append(.account(stranger))
        let change = try #require(try world.outcome().plan.changes.first { $0.fact.kind == .account })
        #expect(change.id == "corp update account e-luis")
        #expect(change.before == .account(stranger))
        #expect(change.lane == .grant)
        let codes = try world.outcome().plan.notes.map(\.code)
        #expect(!codes.contains("unmanaged-account"))
    }

    @Test func aChangedAddressKeepsTheIdentity() throws {
        var world = try world()
        world.person("ana", email: "ana.ruiz", aliases: ["ana"])
        let changes = try world.outcome().plan.changes
        #expect(changes.map(\.id) == ["corp update account e-ana"])
        guard case .account(let after) = changes[0].fact else { return #expect(Bool(false)) }
        #expect(after.name == "ana.ruiz@mountainlab.io")
        #expect(changes[0].lane == .grant)
    }

    @Test func theCaseOfANameIsNoDifference() throws {
        var world = try world()
        world.person("ana", email: "ANA@mountainlab.io")
        #expect(try ids(world) == [])
    }

    @Test func theCaseOfAGroupIsNoDifference() throws {
        var world = try world()
        world.held[corp] = world.held[corp]?.map { fact in
            if case .group(let group) = fact {
                .group(GroupFact(slug: group.slug.uppercased(), notation: nil))
            } else {
                fact
            }
        }
        #expect(try ids(world) == [])
    }

    @Test func whatWasNotSeenOfAPartialListingIsNeitherRemovedNorAddedAgain() throws {
        var world = try world()
        world.builder.tenant("search", readers: ["ana"])
        var partial = TargetObservation(
            facts: [membership("payments-live-admins", "e-ana")], isComplete: false, partialReason: "page 2 failed")
        let plan = try Planner.plan(world.input, observations: [corp: partial]).plan
        // What was seen and should not be goes.
        #expect(plan.changes.map(\.id) == ["corp remove membership payments-live-admins e-ana"])
        let note = try #require(plan.notes.first { $0.code == "incomplete-observation" })
        #expect(note.message.contains("page 2 failed"))
        partial.facts = []
        #expect(try Planner.plan(world.input, observations: [corp: partial]).plan.changes == [])
    }

    @Test func anEmptyListingRemovesNothing() throws {
        var world = try world()
        world.held = [:]
        #expect(try world.outcome().plan.changes.allSatisfy { $0.operation == .add })
    }

    @Test func aTargetThatWasNotReadGetsNoChange() throws {
        let plan = try Planner.plan(world().input, observations: [:]).plan
        #expect(plan.changes == [])
        #expect(plan.notes.map(\.code) == ["target-unreachable"])
    }

    @Test func otherPeoplesRolesAreReportedOwnOnesRemoved() throws {
        var world = try world()
        let cloud = Sample.slug("cloud")
        world.builder.target("cloud")
        world.abilities[cloud] = Sample.cloud
        try world.apply()
        func role(_ group: String) -> Fact {
            .roleAssignment(RoleAssignment(group: group, notation: nil, role: "admin", scope: "*/*/*/*"))
        }
        world.held[cloud]? += [role("printers"), role("payments-live-readers"), role("was-ours")]
        world.recorded.ownedFacts[cloud]?.insert(role("was-ours").key)
        let plan = try world.outcome().plan
        #expect(
            plan.changes.map(\.id) == [
                "cloud remove role_assignment payments-live-readers admin */*/*/*",
                "cloud remove role_assignment was-ours admin */*/*/*",
            ])
        #expect(plan.changes.map(\.isCounted) == [false, true])
        #expect(plan.notes.map(\.code) == ["unmanaged-role"])
    }

    /// Who was put by hand into what Tenure gives a group goes; what others gave elsewhere is told.
    @Test func whoWasPutIntoAnAssignmentIsTakenOut() throws {
        var world = try world()
        let cloud = Sample.slug("cloud")
        world.builder.target("cloud")
        world.abilities[cloud] = Sample.cloud
        try world.apply()
        func role(_ group: String, _ role: String, _ scope: String) -> Fact {
            .roleAssignment(
                RoleAssignment(
                    group: group, notation: Sample.group("payments/live/contributor"), role: role, scope: scope))
        }
        let runner = role("foreign:group:payments-sandbox-operator", "contributor", "ecommerce/live/*/payments")
        world.held[cloud]? += [runner, role("foreign:user:eve", "contributor", "*/*/*/*")]
        let plan = try world.outcome().plan
        #expect(plan.changes.map(\.id) == ["cloud remove \(runner.key)"])
        #expect(plan.changes.map(\.lane) == [.revoke])
        #expect(plan.changes.map(\.risk) == [20])
        #expect(plan.notes.map(\.code) == ["unmanaged-role", "critical-drift"])
    }

    /// What holds in part is made whole where it is wanted, and taken away where it is not.
    @Test func whatHoldsInPartIsNeitherHeldNorGone() throws {
        var world = try world()
        let cloud = Sample.slug("cloud")
        world.builder.target("cloud")
        world.abilities[cloud] = Sample.cloud
        try world.apply()
        func role(_ group: String, _ role: String, _ scope: String) -> Fact {
            .roleAssignment(RoleAssignment(group: group, notation: nil, role: role, scope: scope))
        }
        let wanted = role("payments-live-readers", "reader", "ecommerce/live/*/payments")
        let former = role("payments-live-readers", "admin", "ecommerce/live/*/payments")
        let stranger = role("printers", "admin", "ecommerce/live/*/payments")
        let held = try #require(world.held[cloud]).filter { $0.key != wanted.key }
        var observations = world.held.mapValues { TargetObservation(facts: $0) }
        observations[cloud] = TargetObservation(facts: held, remnants: [wanted, former, stranger])
        let plan = try Planner.plan(world.input, observations: observations).plan
        #expect(plan.changes.map(\.id) == ["cloud remove \(former.key)", "cloud add \(wanted.key)"])
    }

    @Test func aWorkloadThatIsGoneLosesItsPlaceAndAccount() throws {
        var world = try world()
        world.builder.workload("payments", "live", "deploy")
        try world.apply()
        world.builder.organization.tenants[0].workloads = []
        #expect(
            try ids(world) == [
                "corp remove membership payments-live-operator workload:payments/live/deploy",
                "corp remove account workload:payments/live/deploy",
            ])
    }

    @Test func criticalTargetsAreRevokedFirst() throws {
        var world = try world()
        world.builder.target("vault", isCritical: true)
        world.abilities[Sample.slug("vault")] = Sample.directory
        try world.apply()
        world.person("ana", presence: .left)
        let targets = try world.outcome().plan.changes.map { "\($0.target) \($0.fact.kind)" }
        #expect(
            targets == [
                "vault account", "corp account", "vault membership", "vault membership", "corp membership",
                "corp membership",
            ])
    }

    @Test func aSuspensionDoesNotWaitForAnything() throws {
        var world = try world()
        world.person("ana", presence: .suspended)
        #expect(try world.outcome().plan.changes.allSatisfy { $0.after.isEmpty })
    }

    @Test func theLossOfTheLastAdminIsCalledOut() throws {
        var world = try world()
        world.person("marta", presence: .left)
        #expect(
            try world.outcome().plan.blastRadius.lastAdminLosses == ["payments-live-admins", "payments-sandbox-admins"])
        world.builder.organization.tenants[0].admins.append(
            ListedPerson(email: Sample.email("ana"), place: world.builder.organization.tenants[0].place))
        #expect(try world.outcome().plan.blastRadius.lastAdminLosses == [])
    }

    @Test func theLossOfTheLastAdminByTheFilesIsCalledOut() throws {
        var world = try world()
        world.previous = world.builder.organization
        world.builder.organization.revision = "revision-2"
        world.builder.organization.tenants[0].admins = []
        #expect(try world.outcome().plan.blastRadius.lastAdminLosses.count == 2)
    }

    @Test func theWeightIsByRoleAndTier() throws {
        var world = PlanningWorld()
        world.builder.tenant("payments", contributors: ["ana"], standing: ["sandbox"])
        world.person("ana")
        let changes = try world.outcome().plan.changes.filter { $0.fact.kind != .group }
        #expect(
            changes.map { "\($0.fact.key) \($0.risk)" } == [
                "account e-ana 1", "membership payments-live-readers e-ana 4",
                "membership payments-sandbox-contributors e-ana 5", "membership payments-sandbox-readers e-ana 1",
            ])
    }

    @Test func theHashIsOfWhatIsDone() throws {
        var world = try world()
        world.person("ana", presence: .left)
        let first = try world.outcome().plan
        world.now = Sample.now + .hours(1)
        #expect(try world.outcome().plan.hash == first.hash)
        world.builder.organization.revision = "revision-2"
        #expect(try world.outcome().plan.hash != first.hash)
        #expect(first.hash.utf8.count == 64)
    }

    @Test func theInverseUndoesAPlan() throws {
        var world = PlanningWorld()
        world.builder.tenant("payments", readers: ["ana"])
        world.person("ana")
        let plan = try world.outcome().plan
        let inverse = Planner.inversePlan(of: plan)
        #expect(inverse.changes.count == plan.changes.count)
        #expect(inverse.changes.allSatisfy { $0.operation == .remove && $0.lane == .revoke })
        #expect(Planner.inversePlan(of: inverse).changes.map(\.id) == plan.changes.map(\.id))
    }
}
