import AccessModel
import StrictJSON
import TestSupport

/// A walk through what an identity store can hold, by a seed: what is wanted after each step.
struct StoreWalk {
    enum Step {
        case add(Fact)
        case remove(Fact)
        case update(Account, Account)
    }

    private static let readers = "payments-live-readers"
    private static let contributors = "payments-sandbox-contributors"
    /// Who gets what where: group, role, tier, and the accounts and the permission set that it comes to.
    private static let roles = [
        (readers, "reader", "live", ["111111111111", "222222222222"]),
        (readers, "reader", "sandbox", ["333333333333"]),
        (contributors, "contributor", "sandbox", ["333333333333"]),
    ]

    private(set) var wanted: Set<Fact> = []
    private let facts: [Fact]

    init() {
        let people = ["e-0001", "e-0002"].map {
            Account(
                identity: .person(Sample.id($0)), name: "\($0)@mountainlab.io", state: .active, givenName: "Javi",
                familyName: "Ruiz")
        }
        let groups = [Self.readers, Self.contributors]
        facts =
            people.map(Fact.account) + groups.map { .group(GroupFact(slug: $0, notation: nil)) }
            + people.flatMap { person in
                groups.map {
                    .membership(
                        Membership(group: $0, notation: nil, identity: person.identity, account: person.name))
                }
            } + Self.roles.map { Self.assignment($0.0, $0.1, $0.2) }
    }

    private static func assignment(_ group: String, _ role: String, _ tier: String) -> Fact {
        .roleAssignment(
            RoleAssignment(group: group, notation: nil, role: role, scope: "shop/\(tier)/*/payments"))
    }

    /// Takes one fact, and does the opposite of what is; first what it needs.
    mutating func next(_ generator: inout SeededGenerator) -> Step {
        let fact = generator.pick(facts)
        if let held = wanted.first(where: { $0.key == fact.key }) {
            if case .account(let account) = held, generator.chance(60) { return update(account, &generator) }
            wanted = wanted.filter { $0 != held && !Self.hangs($0, on: held) }
            return .remove(held)
        }
        for need in facts where Self.hangs(fact, on: need) {
            guard let held = wanted.first(where: { $0.key == need.key }) else {
                wanted.insert(need)
                return .add(need)
            }
            if case .account(let account) = held, account.state == .disabled { return update(account, &generator) }
        }
        wanted.insert(fact)
        return .add(fact)
    }

    /// Whoever is disabled comes back; else the address changes, or they go.
    private mutating func update(_ account: Account, _ generator: inout SeededGenerator) -> Step {
        var after = account
        if account.state == .disabled {
            after.state = .active
        } else if generator.chance(50) {
            after.state = .disabled
            wanted = wanted.filter { $0.kind == .account || !Self.hangs($0, on: .account(account)) }
        } else {
            after.name = "\(account.identity).\(generator.below(1_000))@mountainlab.io"
        }
        wanted.remove(.account(account))
        wanted.insert(.account(after))
        return .update(account, after)
    }

    private static func hangs(_ fact: Fact, on other: Fact) -> Bool {
        switch (fact, other) {
        case (.membership(let membership), .account(let account)): membership.identity == account.identity
        case (.membership, .group), (.roleAssignment, .group): fact.groupSlug == other.groupSlug
        default: false
        }
    }

    // MARK: As boto3 shows it

    var users: JSONValue {
        var object = JSONObject()
        for case .account(let account) in wanted.sorted(by: { $0.key < $1.key }) {
            let mark = account.state == .active ? "tenure:mountainlab" : "tenure:mountainlab:disabled"
            object[account.identity.description] = [.string(account.name), .string(mark)]
        }
        return .object(object)
    }

    var members: JSONValue {
        let lines = wanted.compactMap { fact -> [String]? in
            guard case .membership(let membership) = fact else { return nil }
            return [membership.group, membership.identity.description]
        }
        return Self.sorted(lines)
    }

    var held: JSONValue {
        let lines = Self.roles.filter { wanted.contains(Self.assignment($0.0, $0.1, $0.2)) }.flatMap { role in
            role.3.map { [$0, "tenure-mountainlab-\(role.1)", role.0] }
        }
        return Self.sorted(lines)
    }

    private static func sorted(_ lines: [[String]]) -> JSONValue {
        let sorted = lines.sorted { $0.lexicographicallyPrecedes($1) }
        return .array(sorted.map { .array($0.map { .string($0) }) })
    }
}
