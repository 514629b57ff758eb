import AccessModel
import ConnectorKit
import StrictJSON

extension KubernetesCluster {
    /// Proposes a change instead of making it; that it holds is for the cluster to show.
    func propose(_ change: Change, _ desk: ProposalDesk, _ operation: String) async throws(ConnectorError) -> Receipt {
        let outcome = try await desk.propose(try await edit(for: change, operation), operation)
        var note = outcome.note
        if change.operation == .remove, outcome.effect == .proposed {
            note += "; until it is merged and has reached the cluster the access remains"
        }
        return Receipt(
            effect: outcome.effect, requestID: outcome.request.map { "\($0.number)" }, at: clock(), note: note)
    }

    private func edit(for change: Change, _ operation: String) async throws(ConnectorError) -> ManifestEdit {
        switch (change.operation, change.fact) {
        case (.remove, .roleAssignment(let assignment)): return try removal(of: assignment, operation)
        case (_, .roleAssignment(let assignment)): return try await addition(of: assignment, operation)
        case (.remove, .federatedTrust(let trust)):
            let wanted = try wanted(trust, operation)
            return ManifestEdit(removedNames: [wanted.accountName, wanted.bindingName.description])
        case (_, .federatedTrust(let trust)): return try await addition(of: trust, operation)
        default: throw Self.noPlace(change, operation)
        }
    }

    // MARK: Additions

    private func addition(
        of assignment: RoleAssignment, _ operation: String
    ) async throws(ConnectorError) -> ManifestEdit {
        let request = try AssignmentRequest(assignment, operation)
        let wanted = try wanted(request, notation: assignment.notation, operation)
        let finder = NamespaceFinder(self)
        var edit = ManifestEdit()
        var places = try await finder.places(of: request.scope, operation: operation)
        if places.isEmpty { places = [.namespace(try await addNamespace(for: request.scope, to: &edit, operation))] }
        edit.puts += places.compactMap { Manifest(wanted.manifest(in: $0)) }
        return edit
    }

    private func addition(of trust: FederatedTrust, _ operation: String) async throws(ConnectorError) -> ManifestEdit {
        let wanted = try wanted(trust, operation)
        guard let scope = wanted.scope else { throw Self.noScope(operation) }
        let finder = NamespaceFinder(self)
        var edit = ManifestEdit()
        var namespaces = try await finder.namespaces(of: scope, operation: operation)
        if namespaces.isEmpty { namespaces = [try await addNamespace(for: scope, to: &edit, operation)] }
        let isClusterWide = finder.isClusterWide(scope)
        guard !isClusterWide || namespaces.count == 1 else {
            throw Self.severalHomes(scope, namespaces.count, operation)
        }
        for namespace in namespaces {
            let place: BindingPlace = isClusterWide ? .cluster : .namespace(namespace)
            let objects = [wanted.accountManifest(in: namespace), wanted.binding(for: namespace).manifest(in: place)]
            edit.puts += objects.compactMap { Manifest($0) }
        }
        return edit
    }

    private func addNamespace(
        for scope: Coordinate, to edit: inout ManifestEdit, _ operation: String
    ) async throws(ConnectorError) -> String {
        let namespace = try await missingNamespace(for: scope, operation)
        edit.puts += [Manifest(namespace.manifest)].compactMap(\.self)
        return namespace.name
    }

    // MARK: Removals

    private func removal(of assignment: RoleAssignment, _ operation: String) throws(ConnectorError) -> ManifestEdit {
        guard assignment.group.hasPrefix(Self.foreign) else {
            return ManifestEdit(removedNames: [try AssignmentRequest(assignment, operation).name.description])
        }
        let name = assignment.group.dropFirst(Self.foreign.count)
        if name.hasPrefix(Self.strayBinding) {
            let path = name.dropFirst(Self.strayBinding.count).split(separator: "/", maxSplits: 1).map(String.init)
            let key =
                path.count == 2
                ? ManifestKey(kind: "RoleBinding", namespace: path[0], name: path[1])
                : ManifestKey(kind: "ClusterRoleBinding", namespace: nil, name: path.first ?? "")
            return ManifestEdit(removedKeys: [key])
        }
        guard let role = Role(rawValue: assignment.role), let scope = Coordinate(text: assignment.scope),
            let stranger = RBACSubject(described: name)
        else {
            throw ConnectorError(
                code: .invalid, operation: operation,
                message: "no binding of Tenure's has such a subject, role or place")
        }
        return ManifestEdit(takenOut: ManifestEdit.Taken(subject: stranger, purpose: .role(role, scope: scope)))
    }
}
