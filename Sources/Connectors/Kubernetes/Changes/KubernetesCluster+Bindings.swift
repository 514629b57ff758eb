import AccessModel
import ConnectorKit
import StrictJSON

extension KubernetesCluster {
    /// Makes a binding be as it is wanted; false when it was.
    ///
    /// Fields of somebody else are taken only where the object is Tenure's. A role never changes in a binding, so one of
    /// ours with another role is replaced.
    func put(
        _ wanted: WantedBinding, in place: BindingPlace, _ operation: String
    ) async throws(ConnectorError) -> Bool {
        let path = ResourcePath.bindings(in: place)
        var isOurs = false
        if let binding = try await binding(named: wanted.name, in: place, operation) {
            isOurs = binding.metadata.isOurs(settings.marks)
            if isOurs, wanted.isMet(by: binding) { return false }
            if binding.role != wanted.role {
                guard isOurs else {
                    throw ConnectorError(
                        code: .conflict, operation: operation,
                        message: "\(binding.title) is not Tenure's and gives \(binding.role), not \(wanted.role)")
                }
                _ = try await client.delete(path, wanted.name, uid: binding.metadata.uid, operation: operation)
            }
        }
        _ = try await client.apply(
            path, wanted.name, wanted.manifest(in: place), isForced: isOurs, operation: operation)
        return true
    }

    func binding(
        named name: String, in place: BindingPlace, _ operation: String
    ) async throws(ConnectorError) -> Binding? {
        guard let object = try await client.get(.bindings(in: place), name, operation: operation) else { return nil }
        return try Self.binding(object, operation)
    }

    static func binding(_ object: JSONValue, _ operation: String) throws(ConnectorError) -> Binding {
        if let binding = Binding(object) { return binding }
        throw ConnectorError(
            code: .targetFailure, operation: operation, message: "a binding came without its metadata or its role")
    }

    /// Tenure's bindings for groups, or all of them, wherever they are.
    func ourBindings(of groups: [String]?, _ operation: String) async throws(ConnectorError) -> [Binding] {
        let selector = settings.marks.selector(groups)
        var bindings: [Binding] = []
        for path in [ResourcePath.roleBindings, .clusterRoleBindings] {
            for object in try await client.listAll(path, labels: selector, operation: operation) {
                bindings.append(try Self.binding(object, operation))
            }
        }
        return bindings
    }

    /// Every binding of the name: those that bear Tenure's labels, and in the given places those that lost them.
    func bindings(
        named name: BindingName, in places: [BindingPlace], _ operation: String
    ) async throws(ConnectorError) -> [Binding] {
        let text = name.description
        var found = try await ourBindings(of: [name.group], operation).filter { $0.name == text }
        for place in places where !found.contains(where: { $0.place == place }) {
            if let binding = try await binding(named: text, in: place, operation) { found.append(binding) }
        }
        return found
    }

    /// Deletes bindings, all of them Tenure's; how many were there still.
    func delete(_ bindings: [Binding], _ operation: String) async throws(ConnectorError) -> Int {
        if let stranger = bindings.first(where: { !$0.metadata.isOurs(settings.marks) }) {
            throw ConnectorError(
                code: .conflict, operation: operation,
                message:
                    "\(stranger.title) bears a name of Tenure's and is not Tenure's; somebody must remove it by hand")
        }
        var count = 0
        for binding in bindings {
            let path = ResourcePath.bindings(in: binding.place)
            if try await client.delete(path, binding.name, uid: binding.metadata.uid, operation: operation) {
                count += 1
            }
        }
        return count
    }

    // MARK: Proof

    /// What the API server makes of it, once it has learnt of the change: in words, for the receipt.
    func proveGiven(
        _ subject: ProofSubject, _ probe: AccessProbe, in places: [BindingPlace], _ operation: String
    ) async throws(ConnectorError) -> String {
        let proof = AccessProof(client: client)
        let refusals = try await places.concurrentMap(limit: 4) { place throws(ConnectorError) -> String? in
            let answer = try await proof.ask(subject, probe, in: place, operation: operation) { $0.isAllowed }
            return answer.isAllowed ? nil : "\(place)\(answer.reason.isEmpty ? "" : ": \(answer.reason)")"
        }.compactMap(\.self)
        guard let refusal = refusals.first else { return "the API server says yes to `\(probe)`" }
        return "the API server still says no to `\(probe)` in \(refusal)"
    }

    /// - Throws: `targetFailure` while the server still lets them in through the binding that was deleted: it is not
    ///   revoked before it says so. What lets them in otherwise is not this change's to take away, and is named.
    func proveTaken(
        _ subject: ProofSubject, _ probe: AccessProbe, through name: String, in places: [BindingPlace],
        _ operation: String
    ) async throws(ConnectorError) -> String {
        let proof = AccessProof(client: client)
        let answers = try await places.concurrentMap(limit: 4) { place throws(ConnectorError) in
            let answer = try await proof.ask(subject, probe, in: place, operation: operation) { answer in
                !answer.isAllowed || !answer.names(name, in: place)
            }
            guard !answer.isAllowed || !answer.names(name, in: place) else {
                throw ConnectorError(
                    code: .targetFailure, operation: operation,
                    message: "the API server still says yes to `\(probe)` in \(place): \(answer.reason)")
            }
            return answer
        }
        let other = answers.first(where: \.isAllowed)
        return other.map { "still allowed to `\(probe)` otherwise: \($0.reason)" }
            ?? "the API server says no to `\(probe)`"
    }
}
