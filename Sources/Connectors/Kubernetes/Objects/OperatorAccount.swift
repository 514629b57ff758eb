import AccessModel
import StrictJSON

/// A service account that stands for a trust in a workload: what the workload is stands in its annotations, and a hash of
/// that in its name.
struct OperatorAccount: Hashable, Sendable {
    let metadata: ObjectMetadata

    init?(_ object: JSONValue) {
        guard let metadata = ObjectMetadata(object) else { return nil }
        self.metadata = metadata
    }

    var namespace: String { metadata.namespace ?? "" }

    /// The group and the hash out of `tenure-GROUP-HASH`; nil for any other name.
    var trust: Name? {
        let name = metadata.name
        guard name.hasPrefix("tenure-"), let dash = name.lastIndex(of: "-") else { return nil }
        let group = name[..<dash].dropFirst("tenure-".count)
        return group.isEmpty ? nil : Name(group: String(group), hash: String(name[name.index(after: dash)...]))
    }

    struct Name: Hashable, Sendable {
        let group: String
        let hash: String
    }
}

/// A trust, as a cluster holds it: who is trusted, by which name it is found, and how its objects look.
struct WantedTrust: Hashable, Sendable {
    let trust: FederatedTrust
    let hash: String
    let accountName: String
    let bindingName: BindingName
    let role: RoleRef
    let labels: [String: String]
    /// Of the account; the binding bears those of Tenure alone.
    let annotations: [String: String]

    /// Nil where no service account can be named after the group.
    init?(_ trust: FederatedTrust, settings: KubernetesSettings) {
        hash = Self.hash(trust.issuer, trust.subject, trust.audience)
        accountName = "tenure-\(trust.group)-\(hash)"
        guard Self.isAccountName(accountName),
            let name = BindingName(group: trust.group, purpose: .trust(hash))
        else { return nil }
        bindingName = name
        self.trust = trust
        role = settings.clusterRole(.operator)
        labels = settings.marks.labels(of: trust.group)
        var annotations = Self.marks(of: trust)
        if let group = trust.notation {
            for (key, text) in settings.operatorAnnotations {
                annotations[key] = text.filled([
                    "tenant": group.tenant.text, "tier": group.tier.text, "group": trust.group,
                ])
            }
        }
        self.annotations = annotations
    }

    static func hash(_ issuer: String, _ subject: String, _ audience: String) -> String {
        StableHash.text(of: [issuer, subject, audience])
    }

    /// A DNS subdomain.
    private static func isAccountName(_ name: String) -> Bool {
        name.utf8.count <= 253
            && name.utf8.allSatisfy { $0.isLowercaseLetter || $0.isDigit || "-.".utf8.contains($0) }
    }

    static func marks(of trust: FederatedTrust) -> [String: String] {
        var marks = [
            OwnerMarks.issuerAnnotation: trust.issuer, OwnerMarks.subjectAnnotation: trust.subject,
            OwnerMarks.audienceAnnotation: trust.audience,
        ]
        marks[OwnerMarks.notationAnnotation] = trust.notation?.path
        return marks
    }

    /// The trust that an object of Tenure's says it is for; nil where that does not fit the hash in its name.
    static func trust(_ metadata: ObjectMetadata, group: String, hash: String) -> FederatedTrust? {
        let annotations = metadata.annotations
        guard let issuer = annotations[OwnerMarks.issuerAnnotation],
            let subject = annotations[OwnerMarks.subjectAnnotation],
            let audience = annotations[OwnerMarks.audienceAnnotation], Self.hash(issuer, subject, audience) == hash
        else { return nil }
        return FederatedTrust(
            group: group, notation: annotations[OwnerMarks.notationAnnotation].flatMap { Group($0) }, issuer: issuer,
            subject: subject, audience: audience)
    }

    /// Where its accounts are: in the tenant's tier, whatever the sector and the region.
    var scope: Coordinate? { trust.notation.map(Self.scope) }

    static func scope(of group: Group) -> Coordinate {
        Coordinate(tier: .exactly(group.tier), tenant: .exactly(group.tenant))
    }

    func subject(in namespace: String) -> RBACSubject {
        RBACSubject(.serviceAccount, accountName, namespace: namespace)
    }

    func binding(for namespace: String) -> WantedBinding {
        WantedBinding(
            name: bindingName.description, role: role, subject: subject(in: namespace), labels: labels,
            annotations: Self.marks(of: trust))
    }

    func accountManifest(in namespace: String) -> JSONValue {
        [
            "apiVersion": "v1", "kind": "ServiceAccount",
            "metadata": [
                "name": .string(accountName), "namespace": .string(namespace), "labels": .texts(labels),
                "annotations": .texts(annotations),
            ],
        ]
    }

    func isMet(by account: OperatorAccount) -> Bool {
        account.metadata.bears(labels, annotations: annotations) && !account.metadata.isTerminating
    }
}

extension String {
    /// With `{name}` replaced by its value.
    fileprivate func filled(_ values: [String: String]) -> String {
        var text = ""
        var rest = Substring(self)
        while let start = rest.firstIndex(of: "{"), let end = rest[start...].firstIndex(of: "}") {
            let name = String(rest[rest.index(after: start)..<end])
            text += rest[..<start] + (values[name] ?? "{\(name)}")
            rest = rest[rest.index(after: end)...]
        }
        return text + rest
    }
}
