import Foundation
import StrictJSON

/// What Argo CD or Flux is to a cluster: it brings the cluster to what is merged, with server-side apply, and takes out what it
/// brought once and is not there any more.
public struct ClusterKeeper {
    private let admin: KubernetesAdmin
    private let repository: ForgeRepository
    private let path: String
    private let organization: String

    /// - Parameters:
    ///   - path: The folder of the repository that it keeps the cluster from.
    ///   - organization: Whose objects it takes out.
    public init(admin: KubernetesAdmin, repository: ForgeRepository, path: String, organization: String) {
        self.admin = admin
        self.repository = repository
        self.path = path
        self.organization = organization
    }

    /// What each document of the folder is about, and where the API has it.
    private struct Document {
        let path: String
        let text: String
    }

    public func reconcile() throws {
        let documents = try documents()
        for document in documents {
            let answer = try admin.apply(document.path, document.text, manager: "keeper")
            guard (200..<300).contains(answer.status) else {
                throw ToolFailure(
                    description: "\(document.path): \(answer.status) \(answer.body.compactText)")
            }
        }
        let wanted = Set(documents.map(\.path))
        for path in try kept() where !wanted.contains(path) { try admin.require("DELETE", path) }
    }

    private func documents() throws -> [Document] {
        try repository.files(on: "main", under: path).sorted { $0.key < $1.key }.flatMap { file in
            try file.value.components(separatedBy: "---\n").dropFirst().map { text in
                Document(path: try Self.place(ofYAML: text), text: text)
            }
        }
    }

    /// Of an object as Tenure writes it: its kind, name and namespace on lines of their own.
    private static func place(ofYAML text: String) throws -> String {
        let lines = text.split(separator: "\n")
        func value(_ key: String) throws -> JSONValue {
            guard let line = lines.first(where: { $0.hasPrefix(key + ": ") }) else { return .null }
            let word = String(line.dropFirst(key.utf8.count + 2))
            return word.hasPrefix("\"") ? try JSONParser.parse(word) : .string(word)
        }
        return try place(of: [
            "kind": try value("kind"),
            "metadata": ["name": try value("  name"), "namespace": try value("  namespace")],
        ])
    }

    private static func place(of object: JSONValue) throws -> String {
        guard let kind = object["kind"]?.string, let name = object["metadata"]?["name"]?.string else {
            throw ToolFailure(description: "no object: \(object.compactText)")
        }
        let escaped = name.addingPercentEncoding(withAllowedCharacters: .alphanumerics) ?? name
        let namespace = object["metadata"]?["namespace"]?.string ?? ""
        switch kind {
        case "Namespace": return "/api/v1/namespaces/\(escaped)"
        case "ServiceAccount": return "/api/v1/namespaces/\(namespace)/serviceaccounts/\(escaped)"
        case "RoleBinding": return KubernetesAdmin.rbac + "/namespaces/\(namespace)/rolebindings/\(escaped)"
        case "ClusterRoleBinding": return KubernetesAdmin.rbac + "/clusterrolebindings/\(escaped)"
        default: throw ToolFailure(description: "a \(kind) is nothing of Tenure's")
        }
    }

    /// What it brought to the cluster.
    private func kept() throws -> [String] {
        let selector = "?labelSelector=tenure.io%2Forganization%3D\(organization)"
        let kinds = [
            ("RoleBinding", KubernetesAdmin.rbac + "/rolebindings"),
            ("ClusterRoleBinding", KubernetesAdmin.rbac + "/clusterrolebindings"),
            ("ServiceAccount", "/api/v1/serviceaccounts"),
        ]
        return try kinds.flatMap { kind, path in
            try (admin.require("GET", path + selector)["items"]?.array ?? []).filter { item in
                (item["metadata"]?["managedFields"]?.array ?? []).contains { $0["manager"]?.string == "keeper" }
            }.map { item in
                var object = item.object ?? JSONObject()
                object["kind"] = .string(kind)
                return try Self.place(of: .object(object))
            }
        }
    }
}
