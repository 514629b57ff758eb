import AccessModel
import Definitions
import Planning
import TestSupport

/// An organisation, its people, its history and its targets, all by chance from a seed.
struct RandomWorld {
    private var random: SeededGenerator
    private(set) var world = PlanningWorld()
    private let names = (0..<14).map { "p\($0)" }

    init(seed: UInt64) {
        random = SeededGenerator(seed: seed)
        makePlatform()
        makeTenants()
        makePeople()
        makeHistory()
        makeHoldings()
    }

    private mutating func some(_ percent: Int) -> [String] { names.filter { _ in random.chance(percent) } }

    private mutating func makePlatform() {
        var platform = world.builder.organization.platform
        platform.naming.crossTierReaders = random.chance(25)
        platform.mover.grace = .days(Int64(random.below(9)))
        if random.chance(50) {
            platform.tiers.insert(TierDefinition(name: Sample.slug("staging"), isLive: false), at: 1)
        }
        if random.chance(50) { platform.sectors[3].tiers = [Sample.slug("sandbox")] }
        platform.guards.maximumRemovalsPeople = 10_000
        platform.guards.maximumRemovalsPercent = 100
        world.builder.organization.platform = platform
        var cover = Coordinate()
        if random.chance(60) {
            cover.sector = .exactly(Sample.slug(random.pick(["ecommerce", "platform", "logistics"])))
        }
        if random.chance(40) { cover.tier = .exactly(Sample.slug(random.pick(["live", "sandbox"]))) }
        if random.chance(30) { cover.tenant = .exactly(Sample.slug("t1")) }
        world.builder.target("lesser", covers: cover)
        world.builder.target("cloud", covers: random.chance(50) ? Coordinate() : cover)
        world.abilities[Sample.slug("lesser")] = TargetAbilities(
            kinds: [.account, .group, .membership], holdsWorkloadMembers: random.chance(50), holdsEmptyGroups: true,
            maximumGroupNameLength: 64)
        world.abilities[Sample.slug("cloud")] = Sample.cloud
    }

    private mutating func makeTenants() {
        for number in 0..<(1 + random.below(4)) {
            let sectors = random.pick([["ecommerce"], ["logistics"], ["ecommerce", "logistics"]])
            var free = names.filter { _ in random.chance(60) }
            func take(_ count: Int) -> [String] {
                let taken = Array(free.prefix(count))
                free.removeFirst(taken.count)
                return taken
            }
            let (admins, contributors, readers) = (take(2), take(random.below(4)), take(random.below(4)))
            let outside = random.chance(40) ? ["\(random.pick(names))@elsewhere.org"] : []
            world.builder.tenant(
                "t\(number)", sectors: sectors, admins: admins, contributors: contributors, readers: readers + outside,
                standing: random.chance(50) ? ["sandbox"] : [])
            if random.chance(50) { world.builder.workload("t\(number)", "live", "deploy") }
        }
        for path in ["platform/live/admin", "platform/live/contributor", "platform/sandbox/reader"] {
            world.builder.core(path, members: some(15))
        }
        world.builder.rule("accounts", accounts: random.chance(70) ? ["corp"] : ["lesser"])
        world.builder.rule(
            "engineers", match: [.init(attribute: .department, values: ["Engineering"])], groups: ["engineering"])
    }

    private mutating func makePeople() {
        for name in names where random.chance(92) {
            let presence: PersonState.Presence = random.pick([
                .active, .active, .active, .active, .active, .left, .suspended, .ended(Sample.day("2026-11-20")),
                .notStarted(Sample.day("2026-12-01")), .compromised,
            ])
            let moves =
                random.chance(35)
                ? [
                    PersonState.Move(
                        effective: Sample.now - .days(Int64(random.below(12))),
                        cause: .event(source: "hr", id: "m-\(name)", type: "moved"))
                ] : []
            world.person(
                name, email: random.chance(15) ? "\(name)@elsewhere.org" : nil,
                aliases: random.chance(12) ? [random.pick(names)] : random.chance(20) ? ["\(name).old"] : [],
                kind: random.pick([.employee, .employee, .contractor, .external, .employee, .service]),
                department: random.pick(["Engineering", "Sales", ""]), presence: presence, moves: moves)
        }
    }

    private mutating func makeHistory() {
        for tenant in world.builder.organization.tenants {
            for (list, people) in [
                ("admins", tenant.admins), ("contributors", tenant.contributors), ("readers", tenant.readers),
            ] {
                for entry in people where random.chance(60) {
                    let key = RecordedState.EntryKey(tenant: tenant.name, list: list, address: entry.email.folded)
                    let name = random.chance(85) ? String(entry.email.folded.prefix { $0 != "@" }) : random.pick(names)
                    world.recorded.bindings[key] = RecordedState.Binding(
                        person: Sample.id("e-\(name)"), firstSeen: Sample.now - .days(Int64(random.below(80))))
                    if random.chance(15) {
                        world.recorded.confirmations[Sample.id("e-\(name)"), default: [:]][tenant.name] =
                            Sample.now - .days(Int64(random.below(10)))
                    }
                }
            }
        }
        for number in 0..<random.below(8) {
            let path =
                "\(random.pick(["t0", "t1", "platform"]))/\(random.pick(["live", "sandbox"]))/"
                + random.pick(["admin", "contributor", "contributor", "reader"])
            let from = Sample.now - .hours(Int64(random.below(5)) - 1)
            world.grant("g\(number)", random.pick(names), path, from: from, until: from + .hours(3))
        }
        if random.chance(30) { world.recorded.lostGrants = ["g0"] }
    }

    /// Some of what should hold, some of what should not, and strangers.
    private mutating func makeHoldings() {
        for desired in Planner.desired(world.input).facts where random.chance(65) {
            world.held[desired.target, default: []].append(altered(desired.fact))
        }
        for target in [Sample.slug("corp"), Sample.slug("lesser")] {
            world.recorded.ownedGroups[target] = ["old-live-readers"]
            if random.chance(50) { addOldGroup(target) }
            for name in names where random.chance(25) { addAccount(name, target) }
            for name in names where random.chance(20) { addStranger(name, target) }
            let groups = (world.held[target] ?? []).compactMap { fact -> GroupFact? in
                if case .group(let group) = fact { group } else { nil }
            }
            for group in groups where random.chance(20) {
                let name = random.pick(names)
                let membership = Membership(
                    group: group.slug, notation: group.notation,
                    identity: random.chance(70) ? .person(Sample.id("e-\(name)")) : .foreign("\(name)@mountainlab.io"),
                    account: "\(name)@mountainlab.io")
                add(.membership(membership), target)
            }
        }
    }

    private mutating func altered(_ fact: Fact) -> Fact {
        guard case .account(var account) = fact, random.chance(25) else { return fact }
        if random.chance(40) { account.state = .disabled }
        if random.chance(40) { account.name = account.name.uppercased() }
        if random.chance(40) { account.department = "Elsewhere" }
        return .account(account)
    }

    private mutating func addOldGroup(_ target: Slug) {
        add(.group(GroupFact(slug: "old-live-readers", notation: nil)), target)
        let name = random.pick(names)
        add(
            .membership(
                Membership(
                    group: "old-live-readers", notation: nil, identity: .person(Sample.id("e-\(name)")), account: name)),
            target)
        add(.group(GroupFact(slug: "somebody-elses", notation: nil)), target)
    }

    private mutating func addAccount(_ name: String, _ target: Slug) {
        let id = Sample.id("e-\(name)")
        let state: Account.State = random.chance(50) ? .active : .disabled
        if state == .disabled, random.chance(60) {
            world.recorded.disabledSince[target, default: [:]][id] = Sample.now - .days(Int64(20 + random.below(20)))
        }
        add(.account(Account(identity: .person(id), name: "\(name)@mountainlab.io", state: state)), target)
    }

    private mutating func addStranger(_ name: String, _ target: Slug) {
        let account = Account(
            identity: .foreign("\(name)@mountainlab.io"), name: "\(name.uppercased())@mountainlab.io", state: .active)
        add(.account(account), target)
    }

    private mutating func add(_ fact: Fact, _ target: Slug) {
        guard !(world.held[target] ?? []).contains(where: { $0.key == fact.key }) else { return }
        world.held[target, default: []].append(fact)
    }
}
