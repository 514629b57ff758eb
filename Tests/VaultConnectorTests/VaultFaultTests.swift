import AccessModel
import ConnectorKit
import Foundation
import StrictJSON
import TestSupport
import Testing
import VaultConnector

/// A Vault behind a proxy that fails by a seed.
@Suite struct VaultFaultTests {
    /// With `TENURE_LONG_TESTS` five thousand.
    private static let runs = ProcessInfo.processInfo.environment["TENURE_LONG_TESTS"] == nil ? 200 : 5_000
    private static let workers = 4
    private static let people = [Shop.person("fault-ana"), Shop.person("fault-bob")]
    private static let groups = ["fault-readers", "fault-operator"]

    @Test func whateverFailsTheEndIsRight() async throws {
        let seed = ProcessInfo.processInfo.environment["TENURE_SEED"].flatMap { UInt64($0) } ?? 20_261_122
        let made = try await withThrowingTaskGroup(of: [FaultProxy.Fault: Int].self) { group in
            for worker in 0..<Self.workers {
                group.addTask { try await Self.work(seed: seed &+ UInt64(worker) &* 1_000_003) }
            }
            return try await group.reduce(into: [FaultProxy.Fault: Int]()) { sum, made in
                sum.merge(made) { $0 + $1 }
            }
        }
        print("faults made: \(made)")
        for fault in FaultProxy.Fault.allCases {
            #expect(made[fault, default: 0] > 0, "\(fault.rawValue) never happened")
        }
    }

    private static func work(seed: UInt64) async throws -> [FaultProxy.Fault: Int] {
        let place = try await VaultPlace()
        let proxy = try FaultProxy(to: place.admin.url, caFile: nil, seed: seed, percent: 8, shortening: shortened)
        let connector = try place.connector(url: proxy.url)
        let direct = try place.connector()
        var generator = SeededGenerator(seed: seed)
        var wanted: Set<String> = []
        var state: [IdentityID: Account.State] = [:]
        for run in 0..<(runs / workers) {
            for _ in 0..<3 { try await step(connector, &generator, &wanted, &state) }
            let at = "seed \(seed), run \(run)"
            for _ in 0..<3 {
                do {
                    let seen = try await connector.observe(.everything)
                    if seen.completeness == .complete { expect(seen, wanted, state, at) }
                } catch {
                    #expect(error.isRetryable, "\(at): \(error)")
                }
            }
            // Past the proxy: exactly what is wanted, once, and nothing half.
            let truth = try await direct.observe(.everything)
            expect(truth, wanted, state, at)
            #expect(truth.remnants.isEmpty, "\(at): \(truth.remnants.map(\.key))")
            #expect(truth.findings.isEmpty, "\(at): \(truth.findings)")
        }
        let made = proxy.made
        await direct.close()
        await connector.close()
        await proxy.stop()
        await place.stop()
        return made
    }

    private static func expect(
        _ seen: Observation, _ wanted: Set<String>, _ state: [IdentityID: Account.State], _ at: String
    ) {
        #expect(seen.facts.map(\.key).sorted() == wanted.sorted(), "\(at)")
        for case .account(let account) in seen.facts { #expect(account.state == state[account.identity], "\(at)") }
    }

    /// One change of something that can change now.
    private static func step(
        _ connector: VaultServer, _ generator: inout SeededGenerator, _ wanted: inout Set<String>,
        _ state: inout [IdentityID: Account.State]
    ) async throws {
        let person = generator.pick(people)
        let group = generator.pick(groups)
        let hasGroup = wanted.contains(Shop.group(group).key)
        func toggle(_ fact: Fact) async throws {
            if wanted.contains(fact.key) {
                try await insist { try await connector.remove(fact) }
                wanted.remove(fact.key)
            } else {
                try await insist { try await connector.add(fact) }
                wanted.insert(fact.key)
            }
        }
        switch generator.below(11) {
        case 0:
            try await toggle(.account(person))
            state[person.identity] = wanted.contains(Fact.account(person).key) ? .active : nil
            if state[person.identity] == nil { for group in groups { wanted.remove(Shop.member(person, group).key) } }
        case 1:
            try await toggle(Shop.group(group))
            if !wanted.contains(Shop.group(group).key) { wanted = wanted.filter { !$0.contains(" \(group) ") } }
        case 2...4 where hasGroup && state[person.identity] != nil: try await toggle(Shop.member(person, group))
        case 5...6 where hasGroup: try await toggle(Shop.role(generator.pick(["reader", "operator"]), group))
        case 7...8 where hasGroup:
            try await toggle(Shop.trust(group, generator.pick(["repo:o/a:ref:x", "repo:o/b:ref:x"])))
        case 9...10 where state[person.identity] != nil:
            let next: Account.State = state[person.identity] == .active ? .disabled : .active
            try await insist { try await connector.set(person, next) }
            state[person.identity] = next
        default: break
        }
    }

    /// A listing that tells of one more than it names.
    private static let shortened: @Sendable (String) -> String? = { body in
        guard let answer = try? JSONParser.parse(body), var object = answer.object, var data = answer["data"]?.object,
            data["key_info"] != nil, let keys = data["keys"]?.array, !keys.isEmpty
        else { return nil }
        data["keys"] = .array(keys.dropLast())
        object["data"] = .object(data)
        return JSONValue.object(object).compactText
    }
}
