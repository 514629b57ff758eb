import AccessModel
import ConnectorKit
import StrictJSON

extension KubernetesCluster {
    /// What a fact's group begins with when it is not a group of ours: who was put into a binding of Tenure's by hand.
    static let foreign = "foreign:"
    /// And what follows for a binding of Tenure's where none should be.
    static let strayBinding = "binding:"

    func add(_ assignment: RoleAssignment, _ operation: String) async throws(ConnectorError) -> Receipt {
        let request = try AssignmentRequest(assignment, operation)
        let wanted = try wanted(request, notation: assignment.notation, operation)
        let places = try await placesToBind(request.scope, operation)
        let changed = try await places.concurrentMap(limit: 4) { place throws(ConnectorError) in
            try await put(wanted, in: place, operation)
        }.count { $0 }
        let proof = try await proveGiven(.of(wanted.subject), settings.probe(request.role), in: places, operation)
        let bound = "\(wanted.role) for \(wanted.subject) in \(places.count) place\(places.count == 1 ? "" : "s")"
        return receipt(changed == 0 ? .alreadyHeld : .applied, "\(bound); \(proof)")
    }

    /// - Throws: `missingDependency` where the coordinate has no namespace, and none is to be made.
    func placesToBind(_ scope: Coordinate, _ operation: String) async throws(ConnectorError) -> [BindingPlace] {
        let places = try await NamespaceFinder(self).places(of: scope, operation: operation)
        guard places.isEmpty else { return places }
        let name = try await makeNamespace(for: scope, operation)
        return [.namespace(name)]
    }

    /// A namespace that is to be made, and how.
    struct MissingNamespace: Sendable {
        let name: String
        let manifest: JSONValue
    }

    /// - Throws: `missingDependency` where none may be made.
    func missingNamespace(
        for scope: Coordinate, _ operation: String
    ) async throws(ConnectorError) -> MissingNamespace {
        func missing(_ why: String) -> ConnectorError {
            ConnectorError(code: .missingDependency, operation: operation, message: why)
        }
        guard let name = settings.namespaces.name(for: scope) else {
            throw missing("no namespace is labelled as `\(scope)`")
        }
        guard settings.createsNamespaces else {
            throw missing(
                "there is no namespace `\(name)`; make it, label one as `\(scope)`, or set `create_namespaces`")
        }
        guard try await client.get(.namespaces, name, operation: operation) == nil else {
            throw missing("namespace `\(name)` is on its way out, or its labels say that it is not of `\(scope)`")
        }
        var labels = settings.namespaces.labels(for: scope)
        labels[OwnerMarks.managedByLabel] = OwnerMarks.managedBy
        labels[OwnerMarks.organizationLabel] = settings.marks.organization
        return MissingNamespace(
            name: name,
            manifest: [
                "apiVersion": "v1", "kind": "Namespace",
                "metadata": ["name": .string(name), "labels": .texts(labels)],
            ])
    }

    func makeNamespace(for scope: Coordinate, _ operation: String) async throws(ConnectorError) -> String {
        let missing = try await missingNamespace(for: scope, operation)
        _ = try await client.apply(
            .namespaces, missing.name, missing.manifest, isForced: false, operation: operation)
        return missing.name
    }

    func remove(_ assignment: RoleAssignment, _ operation: String) async throws(ConnectorError) -> Receipt {
        if assignment.group.hasPrefix(Self.foreign) { return try await removeStranger(assignment, operation) }
        let request = try AssignmentRequest(assignment, operation)
        let places = try await NamespaceFinder(self).places(of: request.scope, operation: operation)
        let bindings = try await bindings(named: request.name, in: places, operation)
        let count = try await delete(bindings, operation)
        let everywhere = Set(places).union(bindings.map(\.place)).sorted()
        var proof = "nobody asked the API server: the group has no name in the cluster"
        if let subject = settings.subjects.subject(for: request.name.group) {
            proof = try await proveTaken(
                .of(subject), settings.probe(request.role), through: request.name.description, in: everywhere, operation
            )
        }
        return receipt(
            count == 0 ? .alreadyHeld : .applied,
            count == 0
                ? "there is no such binding; \(proof)" : "\(count) binding\(count == 1 ? "" : "s") deleted; \(proof)")
    }

    // MARK: Strangers

    /// Takes out who was put in by hand, and leaves the rest of the binding as it is.
    private func removeStranger(
        _ assignment: RoleAssignment, _ operation: String
    ) async throws(ConnectorError) -> Receipt {
        guard let role = Role(rawValue: assignment.role), let scope = Coordinate(text: assignment.scope) else {
            throw ConnectorError(
                code: .invalid, operation: operation, message: "no binding of Tenure's has such a role or place")
        }
        let name = assignment.group.dropFirst(Self.foreign.count)
        let purpose = BindingName.Purpose.role(role, scope: scope)
        let ours = try await ourBindings(of: nil, operation).filter { binding in
            BindingName(binding.name)?.purpose == purpose && binding.metadata.isOurs(settings.marks)
        }
        if name.hasPrefix(Self.strayBinding) {
            let strays = ours.filter { $0.path == name.dropFirst(Self.strayBinding.count) }
            let count = try await delete(strays, operation)
            return receipt(count == 0 ? .alreadyHeld : .applied, "\(count) binding\(count == 1 ? "" : "s") deleted")
        }
        guard let stranger = RBACSubject(described: name) else {
            throw ConnectorError(
                code: .invalid, operation: operation, message: "`\(name)` is nobody a binding can bind")
        }
        let holding = ours.filter { $0.subjects.contains(stranger) }
        for binding in holding { try await takeOut(stranger, of: binding, operation) }
        var notes = ["taken out of \(holding.count) binding\(holding.count == 1 ? "" : "s")"]
        for (name, bindings) in Dictionary(grouping: holding, by: \.name).sorted(by: { $0.key < $1.key }) {
            notes.append(
                try await proveTaken(
                    .of(stranger), settings.probe(role), through: name, in: bindings.map(\.place).sorted(), operation))
        }
        return receipt(holding.isEmpty ? .alreadyHeld : .applied, notes.joined(separator: "; "))
    }

    /// What was changed since it was read is a conflict, so nobody who was put in meanwhile is passed over.
    private func takeOut(
        _ stranger: RBACSubject, of binding: Binding, _ operation: String
    ) async throws(ConnectorError) {
        guard let name = BindingName(binding.name) else { return }
        let manifest = WantedBinding.manifest(
            binding.name, in: binding.place, role: binding.role, subjects: binding.subjects.filter { $0 != stranger },
            labels: settings.marks.labels(of: name.group),
            annotations: binding.metadata.annotations.filter { $0.key.hasPrefix("tenure.io/") },
            resourceVersion: binding.metadata.resourceVersion)
        _ = try await client.apply(
            .bindings(in: binding.place), binding.name, manifest, isForced: true, operation: operation)
    }
}

extension Binding {
    /// `payments-live/tenure:...`, or the name alone of one of the cluster.
    var path: String { place.namespace.map { "\($0)/\(name)" } ?? name }
}
