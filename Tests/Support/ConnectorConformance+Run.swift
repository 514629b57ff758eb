import AccessModel
import ConnectorKit

/// One run of the suite: the connector under test, what was found, and every text that came out.
actor ConformanceRun {
    let world: any ConformanceWorld
    let makeConnector: @Sendable (ConnectorConfiguration) throws -> any Connector
    private(set) var connector: any Connector
    private(set) var report = ConformanceReport()
    private(set) var heard: [String] = []
    private var current = ""

    init(
        makeConnector: @escaping @Sendable (ConnectorConfiguration) throws -> any Connector,
        world: any ConformanceWorld
    ) throws {
        self.world = world
        self.makeConnector = makeConnector
        connector = try makeConnector(world.configuration)
    }

    var abilities: TargetAbilities { connector.abilities }

    func finish() async -> ConformanceReport {
        await connector.close()
        return report
    }

    /// A connector that knows nothing of what the last one did.
    func renew() async throws {
        await connector.close()
        connector = try makeConnector(world.configuration)
    }

    // MARK: Checks

    func check(_ name: String, _ body: () async throws -> Void) async {
        current = name
        report.checks.append(name)
        do {
            try await body()
        } catch {
            fail("unexpected error: \(error)")
        }
    }

    func check(_ name: String, needs kind: Fact.Kind, _ body: () async throws -> Void) async {
        guard abilities.kinds.contains(kind) else { return leaveOut("\(name): the target holds no \(kind.rawValue)") }
        await check(name, body)
    }

    func leaveOut(_ reason: String) { report.leftOut.append(reason) }

    func fail(_ message: String) {
        report.failures.append(ConformanceReport.Failure(check: current, message: message))
    }

    func expect(_ condition: Bool, _ message: @autoclosure () -> String) {
        if !condition { fail(message()) }
    }

    /// Keeps all that a value holds, however deep, for the search for secrets.
    func hear<Value>(_ value: Value) {
        var text = "\(value)\n"
        dump(value, to: &text)
        heard.append(text)
    }

    // MARK: What a connector does

    @discardableResult
    func apply(_ change: Change, attempt: Int = 1) async throws -> Receipt {
        do {
            let receipt = try await connector.apply(
                change, context: ApplyContext(idempotencyKey: "tcf \(change.id)", fencingToken: 1, attempt: attempt))
            hear(receipt)
            return receipt
        } catch {
            hear(error)
            throw error
        }
    }

    @discardableResult
    func add(_ fact: Fact) async throws -> Receipt { try await apply(change(.add, fact)) }

    @discardableResult
    func remove(_ fact: Fact) async throws -> Receipt { try await apply(change(.remove, fact, before: fact)) }

    @discardableResult
    func update(_ before: Account, to account: Account) async throws -> Receipt {
        try await apply(change(.update, .account(account), before: .account(before)))
    }

    func change(_ operation: Change.Operation, _ fact: Fact, before: Fact? = nil) -> Change {
        var lane = operation == .remove ? Change.Lane.revoke : .grant
        if case .account(let account) = fact, account.state == .disabled { lane = .revoke }
        return Change(
            target: world.configuration.target, operation: operation, lane: lane, fact: fact, before: before,
            causes: [.drift], risk: 1, stage: 0)
    }

    func observe(_ scope: ObservationScope = .everything) async throws -> Observation {
        do {
            let observation = try await connector.observe(scope)
            hear(observation)
            return observation
        } catch {
            hear(error)
            throw error
        }
    }

    /// What is seen of these people and groups.
    func observe(_ accounts: [Account] = [], groups: Set<String> = []) async throws -> Observation {
        try await observe(
            .only(identities: Set(accounts.map(\.identity)), accountNames: Set(accounts.map(\.name)), groups: groups))
    }

    /// The error with which `body` failed; nil, and a failure of the check, if it did not.
    func refused(_ what: String, as codes: Set<ConnectorError.Code>, _ body: () async throws -> Void) async -> Bool {
        do {
            try await body()
            fail("\(what) was not refused")
        } catch let error as ConnectorError {
            hear(error)
            expect(codes.contains(error.code), "\(what) was refused as \(error), expected \(codes.map(\.rawValue))")
            return codes.contains(error.code)
        } catch {
            fail("\(what) failed with something other than a ConnectorError: \(error)")
        }
        return false
    }

    // MARK: Samples

    /// A person of the check `tag`.
    func person(_ tag: String, _ number: Int = 1, local: String? = nil) throws -> Account {
        let id = "tcf-\(tag)-\(number)"
        guard let person = PersonID(id) else { throw SampleError(text: id) }
        return Account(
            identity: .person(person), name: "\(local ?? id)@mountainlab.io", state: .active, givenName: "Ada",
            familyName: "Sample \(number)", department: "Engineering", title: "Engineer")
    }

    func group(_ tag: String) -> Fact { .group(GroupFact(slug: "tcf-\(tag)", notation: nil)) }

    func member(_ account: Account, of tag: String) -> Fact {
        .membership(Membership(group: "tcf-\(tag)", notation: nil, identity: account.identity, account: account.name))
    }
}

/// The suite's own samples are wrong.
struct SampleError: Error {
    let text: String
}

extension Observation {
    func account(_ identity: IdentityID) -> [Account] {
        facts.compactMap { fact in
            if case .account(let account) = fact, account.identity == identity { account } else { nil }
        }
    }

    func account(named name: String) -> [Account] {
        facts.compactMap { fact in
            if case .account(let account) = fact, account.name.lowercased() == name.lowercased() {
                account
            } else {
                nil
            }
        }
    }

    func holds(_ fact: Fact) -> Bool { facts.contains { $0.key == fact.key && $0.satisfies(fact) } }

    func count(_ fact: Fact) -> Int { facts.count { $0.key == fact.key } }
}
