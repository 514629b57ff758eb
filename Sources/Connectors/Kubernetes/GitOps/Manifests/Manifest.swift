import StrictJSON

/// Which object a manifest is about.
struct ManifestKey: Hashable, Comparable, Sendable, CustomStringConvertible {
    let kind: String
    /// Nil for what is in no namespace.
    let namespace: String?
    let name: String

    init(kind: String, namespace: String?, name: String) {
        self.kind = kind
        self.namespace = namespace
        self.name = name
    }

    init?(_ object: JSONValue) {
        guard let kind = object["kind"]?.string, let name = object["metadata"]?["name"]?.string else { return nil }
        self.init(kind: kind, namespace: object["metadata"]?["namespace"]?.string, name: name)
    }

    /// One file a namespace, which holds the namespace itself too; what is in none has a name that no namespace can have.
    var file: String { "\(kind == "Namespace" ? name : namespace ?? "_cluster").yaml" }

    /// Namespaces first: others need them.
    private var rank: Int { kind == "Namespace" ? 0 : 1 }

    static func < (left: ManifestKey, right: ManifestKey) -> Bool {
        (left.rank, left.kind, left.namespace ?? "", left.name) < (
            right.rank, right.kind, right.namespace ?? "", right.name
        )
    }

    var description: String { "\(kind) \(namespace.map { "\($0)/" } ?? "")\(name)" }
}

/// An object as it stands in the repository.
struct Manifest: Hashable, Sendable {
    let key: ManifestKey
    let object: JSONValue

    /// Nil for what has no kind and name.
    init?(_ object: JSONValue) {
        guard let key = ManifestKey(object) else { return nil }
        self.key = key
        self.object = object
    }

    /// As the API server would show it, for the eyes that read objects of a cluster.
    var asRead: JSONValue {
        guard var object = object.object, var metadata = object["metadata"]?.object else { return self.object }
        metadata["uid"] = "git"
        metadata["resourceVersion"] = "git"
        object["metadata"] = .object(metadata)
        return .object(object)
    }

    func isOurs(_ marks: OwnerMarks) -> Bool { ObjectMetadata(asRead)?.isOurs(marks) ?? false }
}
