import AccessModel
import ConnectorKit
import StrictJSON

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
    ///
    /// - Throws: `conflict`, with what is Tenure's gone, where somebody else's object bears a name of it.
    func remove(_ trust: FederatedTrust, _ operation: String) async throws(ConnectorError) -> Receipt {
        let wanted = try wanted(trust, operation)
        let objects = try await objects(of: wanted, operation)
        let bindings = objects.bindings.filter { $0.metadata.isOurs(settings.marks) }
        var count = try await delete(bindings, operation)
        for account in objects.accounts where account.metadata.isOurs(settings.marks) {
            let path = ResourcePath.serviceAccounts(in: account.namespace)
            if try await client.delete(path, wanted.accountName, uid: account.metadata.uid, operation: operation) {
                count += 1
            }
        }
        try await refuseStrangers(among: objects, of: wanted, operation)
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

    private struct TrustObjects: Sendable {
        let bindings: [Binding]
        let accounts: [OperatorAccount]
    }

    /// Whatever bears the names of a trust, wherever it is: labels can be taken off, names cannot.
    private func objects(
        of wanted: WantedTrust, _ operation: String
    ) async throws(ConnectorError) -> TrustObjects {
        let name = wanted.bindingName.description
        var bindings: [Binding] = []
        for path in [ResourcePath.roleBindings, .clusterRoleBindings] {
            for object in try await client.listAll(path, name: name, operation: operation) {
                bindings.append(try Self.binding(object, operation))
            }
        }
        let accounts = try await client.listAll(.serviceAccounts, name: wanted.accountName, operation: operation)
            .map { object throws(ConnectorError) in try Self.account(object, operation) }
        return TrustObjects(
            bindings: bindings.filter { $0.name == name },
            accounts: accounts.filter { $0.metadata.name == wanted.accountName })
    }

    /// Elsewhere such a name is another's affair: of an organisation with a trust in the same workload.
    private func refuseStrangers(
        among objects: TrustObjects, of wanted: WantedTrust, _ operation: String
    ) async throws(ConnectorError) {
        let bindings = objects.bindings.filter { !$0.metadata.isOurs(settings.marks) }
        let accounts = objects.accounts.filter { !$0.metadata.isOurs(settings.marks) }
        guard !(bindings.isEmpty && accounts.isEmpty), let scope = wanted.scope else { return }
        let finder = NamespaceFinder(self)
        let namespaces = try await finder.namespaces(of: scope, operation: operation)
        let places = try await finder.places(of: scope, operation: operation)
        let strangers =
            bindings.filter { places.contains($0.place) }.map(\.title)
            + accounts.filter { namespaces.contains($0.namespace) }.map {
                "service account `\($0.namespace)/\($0.metadata.name)`"
            }
        guard let stranger = strangers.first else { return }
        throw ConnectorError(
            code: .conflict, operation: operation,
            message: "\(stranger) bears a name of Tenure's and is not Tenure's; somebody must remove it by hand")
    }

    func operatorAccounts(of groups: [String]?, _ operation: String) async throws(ConnectorError) -> [OperatorAccount] {
        let objects = try await client.listAll(
            .serviceAccounts, labels: settings.marks.selector(groups), operation: operation)
        return try objects.map { object throws(ConnectorError) in try Self.account(object, operation) }
    }

    static func account(_ object: JSONValue, _ operation: String) throws(ConnectorError) -> OperatorAccount {
        if let account = OperatorAccount(object) { return account }
        throw ConnectorError(
            code: .targetFailure, operation: operation, message: "a service account came without its metadata")
    }
}
