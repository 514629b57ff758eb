import AccessModel
import ConnectorKit

extension DirectoryContents {
    /// What has to be written for a change to hold; nothing when it holds already.
    func entries(for change: Change) throws(ConnectorError) -> [DirectoryEntry] {
        let request = Request(operation: "\(change.operation.rawValue) \(change.fact.key)")
        guard LocalDirectory.abilities.kinds.contains(change.fact.kind) else {
            throw request.error(.invalid, "a local directory holds no \(change.fact.kind.rawValue)")
        }
        switch (change.operation, change.fact) {
        case (.remove, let fact): return contains(fact) ? [.delete(fact)] : []
        case (_, .account(let account)): return try entries(for: account, before: change.before, request)
        case (_, let fact): return try entries(adding: fact, request)
        }
    }

    private struct Request {
        let operation: String

        func error(_ code: ConnectorError.Code, _ message: String) -> ConnectorError {
            ConnectorError(code: code, operation: operation, message: message)
        }
    }

    private func entries(
        for wanted: Account, before: Fact?, _ request: Request
    ) throws(ConnectorError) -> [DirectoryEntry] {
        // Names are compared in lower case, which is sure for ASCII alone.
        guard wanted.name.utf8.allSatisfy({ $0 > 0x20 && $0 < 0x7F }), !wanted.name.isEmpty else {
            throw request.error(.invalid, "an account's name must be ASCII without spaces")
        }
        let holder = account(named: wanted.name)
        if let current = account(of: wanted.identity) {
            guard holder == nil || holder?.identity == wanted.identity else {
                throw request.error(
                    .conflict, "the name `\(wanted.name)` is taken by \(holder?.identity.description ?? "")")
            }
            let next = current.updated(to: wanted)
            return next == current ? [] : [.put(.account(next))]
        }
        if let foreign = before?.identity, foreign != wanted.identity {
            return try entries(takingOver: foreign, as: wanted, holder: holder, request)
        }
        if before != nil {
            if wanted.state == .disabled { return [] }
            throw request.error(.conflict, "the account is gone")
        }
        if let holder {
            throw request.error(.conflict, "the name `\(wanted.name)` is taken by \(holder.identity)")
        }
        return [.put(.account(wanted))]
    }

    private func entries(
        takingOver foreign: IdentityID, as wanted: Account, holder: Account?, _ request: Request
    ) throws(ConnectorError) -> [DirectoryEntry] {
        guard case .foreign = foreign else {
            throw request.error(.invalid, "the account of \(foreign) cannot become another identity's")
        }
        guard let stranger = account(of: foreign) else {
            throw request.error(.conflict, "the account that was to be taken over is gone")
        }
        guard holder == nil || holder?.identity == foreign else {
            throw request.error(
                .conflict, "the name `\(wanted.name)` is taken by \(holder?.identity.description ?? "")")
        }
        return [.takeOver(foreign, stranger.updated(to: wanted))]
    }

    private func entries(adding fact: Fact, _ request: Request) throws(ConnectorError) -> [DirectoryEntry] {
        if contains(fact) { return [] }
        if case .group(let group) = fact {
            let size = group.slug.utf8.count
            guard size > 0, size <= LocalDirectory.abilities.maximumGroupNameLength, !group.slug.utf8.contains(0) else {
                throw request.error(.invalid, "a group's name has 1 to 255 bytes")
            }
            return [.put(fact)]
        }
        guard let group = fact.groupSlug, hasGroup(group) else {
            throw request.error(.missingDependency, "there is no group `\(fact.groupSlug ?? "")`")
        }
        if case .membership(let membership) = fact, !membership.identity.isWorkload,
            account(of: membership.identity) == nil
        {
            throw request.error(.missingDependency, "there is no account of \(membership.identity)")
        }
        return [.put(fact)]
    }
}

extension IdentityID {
    fileprivate var isWorkload: Bool {
        if case .workload = self { true } else { false }
    }
}

extension Account {
    /// As it is wanted; attributes that are not asked for stay.
    fileprivate func updated(to wanted: Account) -> Account {
        let isSameName = name.lowercased() == wanted.name.lowercased()
        return Account(
            identity: wanted.identity, name: isSameName ? name : wanted.name, state: wanted.state,
            givenName: wanted.givenName ?? givenName, familyName: wanted.familyName ?? familyName,
            department: wanted.department ?? department, title: wanted.title ?? title)
    }
}
