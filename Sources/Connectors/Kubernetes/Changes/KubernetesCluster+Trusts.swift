import AccessModel
import ConnectorKit

extension KubernetesCluster {
    func add(_ trust: FederatedTrust, _ operation: String) async throws(ConnectorError) -> Receipt {
        let wanted = try wanted(trust, operation)
        guard let scope = wanted.scope else {
            throw Self.noScope(operation)
        }
        let finder = NamespaceFinder(self)
        var namespaces = try await finder.namespaces(of: scope, operation: operation)
        if namespaces.isEmpty { namespaces = [try await makeNamespace(for: scope, operation)] }
        let isClusterWide = finder.isClusterWide(scope)
        guard !isClusterWide || namespaces.count == 1 else {
            throw Self.severalHomes(scope, namespaces.count, operation)
        }
        var changed = 0
        var proof = ""
        for namespace in namespaces {
            let place: BindingPlace = isClusterWide ? .cluster : .namespace(namespace)
            if try await put(wanted, in: namespace, operation) { changed += 1 }
            if try await put(wanted.binding(for: namespace), in: place, operation) { changed += 1 }
            proof = try await proveGiven(
                .of(wanted.subject(in: namespace)), settings.probe(.operator), in: [place], operation)
        }
        return receipt(
            changed == 0 ? .alreadyHeld : .applied,
            "service account `\(wanted.accountName)` in \(namespaces.joined(separator: ", ")); \(proof)")
    }

    static func noScope(_ operation: String) -> ConnectorError {
        ConnectorError(
            code: .invalid, operation: operation, message: "a trust without its group's tenant and tier has no place")
    }

    static func severalHomes(_ scope: Coordinate, _ count: Int, _ operation: String) -> ConnectorError {
        ConnectorError(
            code: .conflict, operation: operation,
            message: "the platform's operator has one service account, and `\(scope)` has \(count) namespaces")
    }

    func wanted(_ trust: FederatedTrust, _ operation: String) throws(ConnectorError) -> WantedTrust {
        if let wanted = WantedTrust(trust, settings: settings) { return wanted }
        throw ConnectorError(
            code: .invalid, operation: operation,
            message: "no service account can be named after the group `\(trust.group)`")
    }

    /// The account alone; false when it was as it is wanted.
    private func put(
        _ wanted: WantedTrust, in namespace: String, _ operation: String
    ) async throws(ConnectorError) -> Bool {
        let path = ResourcePath.serviceAccounts(in: namespace)
        var isOurs = false
        if let object = try await client.get(path, wanted.accountName, operation: operation),
            let account = OperatorAccount(object)
        {
            isOurs = account.metadata.isOurs(settings.marks)
            guard isOurs else {
                throw ConnectorError(
                    code: .conflict, operation: operation,
                    message: "service account `\(namespace)/\(wanted.accountName)` is not Tenure's")
            }
            if wanted.isMet(by: account) { return false }
        }
        _ = try await client.apply(
            path, wanted.accountName, wanted.accountManifest(in: namespace), isForced: isOurs, operation: operation)
        return true
    }

    /// The bindings first: an account without them may do nothing; with the account go all of its tokens.
    func remove(_ trust: FederatedTrust, _ operation: String) async throws(ConnectorError) -> Receipt {
        let wanted = try wanted(trust, operation)
        let bindings = try await ourBindings(of: [trust.group], operation).filter {
            $0.name == wanted.bindingName.description
        }
        var count = try await delete(bindings, operation)
        for account in try await operatorAccounts(of: [trust.group], operation)
        where account.metadata.name == wanted.accountName {
            let path = ResourcePath.serviceAccounts(in: account.namespace)
            if try await client.delete(path, wanted.accountName, uid: account.metadata.uid, operation: operation) {
                count += 1
            }
        }
        var notes = [count == 0 ? "there is no such service account" : "\(count) objects deleted"]
        for binding in bindings {
            for subject in binding.subjects where subject.name == wanted.accountName {
                notes.append(
                    try await proveTaken(
                        .of(subject), settings.probe(.operator), through: binding.name, in: [binding.place], operation))
            }
        }
        return receipt(count == 0 ? .alreadyHeld : .applied, notes.joined(separator: "; "))
    }

    func operatorAccounts(of groups: [String]?, _ operation: String) async throws(ConnectorError) -> [OperatorAccount] {
        let objects = try await client.listAll(
            .serviceAccounts, labels: settings.marks.selector(groups), operation: operation)
        return try objects.map { object throws(ConnectorError) in
            guard let account = OperatorAccount(object) else {
                throw ConnectorError(
                    code: .targetFailure, operation: operation, message: "a service account came without its metadata")
            }
            return account
        }
    }
}
