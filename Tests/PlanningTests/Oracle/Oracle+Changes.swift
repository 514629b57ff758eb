import AccessModel
import Definitions
import Planning

extension Oracle {
    /// The changes that lead from what is seen (all of it) to what is desired, as `op target key`.
    func changes(_ held: [Slug: [Fact]]) -> Set<String> {
        var changes = Set<String>()
        for target in input.organization.targets {
            changes.formUnion(self.changes(target.name, held[target.name] ?? []))
        }
        return changes
    }

    private func changes(_ target: Slug, _ held: [Fact]) -> Set<String> {
        var changes = Set<String>()
        let seen = Dictionary(held.map { ($0.key, $0) }, uniquingKeysWith: { first, _ in first })
        let wanted = Set(
            desired.keys.filter { $0.hasPrefix("\(target)|") }.map { String($0.dropFirst(target.text.count + 1)) })
        let strangers = takenOver(target, wanted, seen)
        for key in wanted where seen[key] == nil && hard.contains("\(target)|\(key)") {
            if key.hasPrefix("account "), strangers[key] != nil {
                changes.insert("update \(target) \(key)")
            } else if !holdsAsStranger(key, strangers, held) {
                changes.insert("add \(target) \(key)")
            }
        }
        for (key, fact) in seen {
            switch fact {
            case .account(let account):
                if let operation = operation(on: account, target, isWanted: wanted.contains(key)) {
                    changes.insert("\(operation) \(target) \(key)")
                }
            case .group(let group):
                let isOwned = input.recorded.ownedGroups[target]?.contains(group.slug) == true
                if !wanted.contains(key), isOwned { changes.insert("remove \(target) \(key)") }
            case .membership(let membership):
                let isManaged =
                    wanted.contains("group \(membership.group)")
                    || input.recorded.ownedGroups[target]?.contains(membership.group) == true
                let owner = strangers.first { $0.value == membership.identity.description }?.key.dropFirst(8)
                let isOwners = owner.map { wanted.contains("membership \(membership.group) \($0)") } ?? false
                if isManaged, !wanted.contains(key), !isOwners { changes.insert("remove \(target) \(key)") }
            default:
                let isOwned = input.recorded.ownedFacts[target]?.contains(key) == true
                if !wanted.contains(key), isOwned { changes.insert("remove \(target) \(key)") }
            }
        }
        return changes
    }

    /// Desired account -> the stranger's identity that has its name.
    private func takenOver(_ target: Slug, _ wanted: Set<String>, _ seen: [String: Fact]) -> [String: String] {
        var owners: [String: String] = [:]
        for state in input.roster.states {
            let key = "account \(state.person.id)"
            guard wanted.contains(key), seen[key] == nil, hard.contains("\(target)|\(key)") else { continue }
            let match = seen.values.first { fact in
                guard case .account(let account) = fact, case .foreign = account.identity else { return false }
                return account.name.lowercased() == state.person.email.folded
            }
            owners[key] = match?.identity?.description
        }
        return owners
    }

    private func holdsAsStranger(_ key: String, _ strangers: [String: String], _ held: [Fact]) -> Bool {
        let parts = key.split(separator: " ")
        guard parts.count == 3, parts[0] == "membership", let stranger = strangers["account \(parts[2])"] else {
            return false
        }
        return held.contains { $0.key == "membership \(parts[1]) \(stranger)" }
    }

    private func operation(on account: Account, _ target: Slug, isWanted: Bool) -> String? {
        guard case .person(let id) = account.identity, let state = input.roster[id] else {
            guard case .workload = account.identity else { return nil }
            return !isWanted ? "remove" : account.state == .disabled ? "update" : nil
        }
        let key = "\(target)|account \(id)"
        if isWanted {
            if account.state == .disabled { return hard.contains(key) ? "update" : nil }
            let department = state.person.department.isEmpty ? nil : state.person.department
            let isSame =
                account.name.lowercased() == state.person.email.folded
                && (account.department == nil || department == nil || account.department == department)
            return isSame ? nil : "update"
        }
        if account.state == .active { return "update" }
        switch state.presence {
        case .suspended, .compromised, .notStarted: return nil
        case .active, .left, .ended: break
        }
        guard let since = input.recorded.disabledSince[target]?[id] else { return nil }
        let kept = input.now.milliseconds - since.milliseconds
        return kept >= input.organization.platform.disabledAccountRetention.milliseconds ? "remove" : nil
    }
}
