import AccessModel
import StrictJSON

/// What is known of any object.
struct ObjectMetadata: Hashable, Sendable {
    let name: String
    let namespace: String?
    let uid: String
    let resourceVersion: String
    let labels: [String: String]
    let annotations: [String: String]
    /// Whether server-side apply knows fields of it as Tenure's.
    let hasOurFields: Bool
    let isTerminating: Bool

    init?(_ object: JSONValue) {
        guard let metadata = object["metadata"], let name = metadata["name"]?.string,
            let uid = metadata["uid"]?.string, let version = metadata["resourceVersion"]?.string
        else { return nil }
        self.name = name
        self.uid = uid
        namespace = metadata["namespace"]?.string
        resourceVersion = version
        labels = Self.texts(metadata["labels"])
        annotations = Self.texts(metadata["annotations"])
        hasOurFields = (metadata["managedFields"]?.array ?? []).contains { field in
            field["manager"]?.string == KubernetesClient.fieldManager && field["operation"]?.string == "Apply"
        }
        isTerminating = metadata["deletionTimestamp"]?.string != nil
    }

    private static func texts(_ value: JSONValue?) -> [String: String] {
        var texts: [String: String] = [:]
        for member in value?.object?.members ?? [] { texts[member.name] = member.value.string }
        return texts
    }

    /// Whether Tenure made it for this organisation. One whose labels were taken off is known by its fields.
    func isOurs(_ marks: OwnerMarks) -> Bool {
        guard let organization = labels[OwnerMarks.organizationLabel] else { return hasOurFields }
        return organization == marks.organization && labels[OwnerMarks.managedByLabel] == OwnerMarks.managedBy
    }

    /// Whether it bears what finds it again.
    func bears(_ wanted: [String: String], annotations: [String: String] = [:]) -> Bool {
        wanted.allSatisfy { labels[$0.key] == $0.value }
            && annotations.allSatisfy { self.annotations[$0.key] == $0.value }
    }
}

/// How Tenure's own objects are marked.
struct OwnerMarks: Hashable, Sendable {
    static let managedByLabel = "app.kubernetes.io/managed-by"
    static let managedBy = "tenure"
    static let organizationLabel = "tenure.io/organization"
    static let groupLabel = "tenure.io/group"
    static let notationAnnotation = "tenure.io/notation"
    static let scopeAnnotation = "tenure.io/scope"
    static let issuerAnnotation = "tenure.io/issuer"
    static let subjectAnnotation = "tenure.io/subject"
    static let audienceAnnotation = "tenure.io/audience"

    /// A slug.
    let organization: String

    func labels(of group: String) -> [String: String] {
        [
            Self.managedByLabel: Self.managedBy, Self.organizationLabel: organization,
            Self.groupLabel: Self.labelValue(group),
        ]
    }

    /// Selects what Tenure made for some groups; nil for all of them.
    func selector(_ groups: [String]?) -> String {
        let all = "\(Self.managedByLabel)=\(Self.managedBy),\(Self.organizationLabel)=\(organization)"
        guard let groups else { return all }
        return "\(all),\(Self.groupLabel) in (\(groups.map(Self.labelValue).joined(separator: ",")))"
    }

    /// The group's name, or a hash of one that no label can hold.
    static func labelValue(_ group: String) -> String {
        let isPlain = group.utf8.allSatisfy { $0.isLabelByte || $0.isAlphanumeric }
        let ends = [group.utf8.first, group.utf8.last].allSatisfy { $0?.isAlphanumeric ?? false }
        return isPlain && ends && group.utf8.count <= 63 ? group : "hash-" + StableHash.text(of: [group])
    }
}

/// A hash that stays the same between versions of this program (FNV-1a). It tells apart, it proves nothing: whatever it
/// finds is compared in full.
enum StableHash {
    static func text(of parts: [String]) -> String {
        var hash: UInt64 = 0xCBF2_9CE4_8422_2325
        for part in parts {
            for byte in Array(part.utf8) + [0] { hash = (hash ^ UInt64(byte)) &* 0x0000_0100_0000_01B3 }
        }
        let text = String(hash, radix: 16)
        return String(repeating: "0", count: 16 - text.utf8.count) + text
    }
}

extension UInt8 {
    fileprivate var isAlphanumeric: Bool { isLetter || isDigit }
    fileprivate var isLabelByte: Bool { "-_.".utf8.contains(self) }
}
