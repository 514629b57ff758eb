import StrictJSON

/// A RoleBinding or a ClusterRoleBinding, as it was read.
struct Binding: Hashable, Sendable {
    let metadata: ObjectMetadata
    let place: BindingPlace
    let role: RoleRef
    let subjects: [RBACSubject]

    init?(_ object: JSONValue) {
        guard let metadata = ObjectMetadata(object), let role = RoleRef(object["roleRef"]) else { return nil }
        self.metadata = metadata
        self.role = role
        place = metadata.namespace.map { .namespace($0) } ?? .cluster
        subjects = (object["subjects"]?.array ?? []).compactMap { RBACSubject($0) }
    }

    var name: String { metadata.name }

    /// `RoleBinding payments-live/debug`, for people.
    var title: String {
        switch place {
        case .cluster: "ClusterRoleBinding `\(name)`"
        case .namespace(let namespace): "RoleBinding `\(namespace)/\(name)`"
        }
    }

    /// Whether it comes with every cluster.
    var isOfTheSystem: Bool {
        name.hasPrefix("system:") || metadata.labels["kubernetes.io/bootstrapping"] != nil
    }
}

/// A binding as it should be.
struct WantedBinding: Hashable, Sendable {
    let name: String
    let role: RoleRef
    /// The only one whom it binds.
    let subject: RBACSubject
    let labels: [String: String]
    let annotations: [String: String]

    /// Whether it is so already, and binds nobody else.
    func isMet(by binding: Binding) -> Bool {
        isHeld(by: binding) && binding.subjects == [subject] && binding.metadata.bears([:], annotations: annotations)
    }

    /// Whether whoever it is for has the role through it.
    func isHeld(by binding: Binding) -> Bool {
        binding.role == role && binding.subjects.contains(subject) && binding.metadata.bears(labels)
            && !binding.metadata.isTerminating
    }

    func manifest(in place: BindingPlace) -> JSONValue {
        Self.manifest(
            name, in: place, role: role, subjects: [subject], labels: labels, annotations: annotations,
            resourceVersion: nil)
    }

    /// - Parameter resourceVersion: Of what it goes out from; what was changed since is a conflict then.
    static func manifest(
        _ name: String, in place: BindingPlace, role: RoleRef, subjects: [RBACSubject], labels: [String: String],
        annotations: [String: String], resourceVersion: String?
    ) -> JSONValue {
        var metadata = JSONObject()
        metadata["name"] = .string(name)
        if let namespace = place.namespace { metadata["namespace"] = .string(namespace) }
        if let resourceVersion { metadata["resourceVersion"] = .string(resourceVersion) }
        metadata["labels"] = .texts(labels)
        if !annotations.isEmpty { metadata["annotations"] = .texts(annotations) }
        return [
            "apiVersion": "rbac.authorization.k8s.io/v1",
            "kind": place == .cluster ? "ClusterRoleBinding" : "RoleBinding", "metadata": .object(metadata),
            "roleRef": role.json, "subjects": .array(subjects.map(\.json)),
        ]
    }
}

extension JSONValue {
    /// By name, so that the same texts always give the same bytes.
    static func texts(_ texts: [String: String]) -> JSONValue {
        .object(JSONObject(texts.sorted { $0.key < $1.key }.map { .init(name: $0.key, value: .string($0.value)) }))
    }
}
