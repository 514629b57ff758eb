import AccessModel
import ConnectorKit
import Foundation

/// A target's settings, checked. Nothing outside of them is looked at.
struct KubernetesSettings: Sendable {
    let door: ClusterDoor.Settings
    let namespaces: NamespaceRules
    let createsNamespaces: Bool
    /// Whose groups hold their roles in the whole cluster: the platform's.
    let clusterWide: Set<Slug>
    let subjects: SubjectNaming
    let clusterRoles: [Role: String]
    let probes: [Role: AccessProbe]
    /// For the service accounts of operators, with `{tenant}`, `{tier}` and `{group}`.
    let operatorAnnotations: [String: String]
    let marks: OwnerMarks
    let pageSize: Int
    /// Nil where changes are made in the cluster itself.
    let gitops: GitOpsSettings?

    static let names = [
        "kubeconfig", "context", "in_cluster", "url", "ca_file", "ca_sha256", "timeout", "exec_timeout", "page_size",
        "namespace", "namespace_labels", "namespace_assume", "create_namespaces", "cluster_wide", "subjects",
        "cluster_roles", "probes", "operator_annotations", "gitops",
    ]

    init(_ configuration: ConnectorConfiguration) throws(ConnectorError) {
        var reader = try SettingsReader(configuration)
        door = try Self.door(&reader, configuration)
        pageSize = try reader.integer("page_size", in: 1...5_000, default: 500)
        namespaces = try Self.namespaces(&reader)
        createsNamespaces = try reader.bool("create_namespaces", default: false)
        clusterWide = try Self.clusterWide(&reader)
        subjects = try Self.subjects(&reader)
        clusterRoles = try Self.clusterRoles(&reader)
        probes = try Self.probes(&reader)
        operatorAnnotations = try Self.operatorAnnotations(&reader)
        marks = OwnerMarks(organization: configuration.organization.text)
        gitops = try reader.nested("gitops").map { nested throws(ConnectorError) in
            try GitOpsSettings(nested, configuration)
        }
        try reader.finish()
        if createsNamespaces, namespaces.template == nil {
            throw reader.error(
                "the setting `create_namespaces` needs `namespace`, a template of their names",
                about: "create_namespaces")
        }
    }

    // MARK: The cluster

    private static func door(
        _ reader: inout SettingsReader, _ configuration: ConnectorConfiguration
    ) throws(ConnectorError) -> ClusterDoor.Settings {
        func absolute(_ path: String) -> String {
            path.hasPrefix("/") ? path : configuration.baseDirectory + "/" + path
        }
        let file = try reader.optionalString("kubeconfig")
        let context = try reader.optionalString("context")
        let isInCluster = try reader.bool("in_cluster", default: false)
        let url = try reader.optionalString("url")
        let authorities = try reader.optionalString("ca_file")
        let ways = [file != nil, isInCluster, url != nil].count { $0 }
        guard ways == 1 else {
            throw reader.error(
                "the cluster is named by exactly one of the settings `kubeconfig`, `in_cluster: true` and `url`",
                about: ways == 0 ? nil : url == nil ? "in_cluster" : "url")
        }
        let source: ClusterSource
        if let file {
            source = .kubeconfig(path: absolute(file), context: context)
        } else if let url {
            source = .address(
                url: url, authorities: authorities.map(absolute), token: try token(reader, configuration, url))
        } else {
            source = .inCluster(
                directory: ClusterSource.podDirectory, environment: ProcessInfo.processInfo.environment)
        }
        if context != nil, file == nil {
            throw reader.error("the setting `context` goes with `kubeconfig`", about: "context")
        }
        if authorities != nil, url == nil {
            throw reader.error("the setting `ca_file` goes with `url`; a kubeconfig names its own CA", about: "ca_file")
        }
        var door = ClusterDoor.Settings(source: source)
        door.timeout = try reader.span("timeout", default: .seconds(30))
        door.pluginTimeout = try reader.span("exec_timeout", default: .seconds(30))
        let pins = try reader.strings("ca_sha256").map { $0.lowercased().filter { $0 != ":" } }
        guard pins.allSatisfy({ $0.utf8.count == 64 && $0.utf8.allSatisfy { "0123456789abcdef".utf8.contains($0) } })
        else { throw reader.error("the setting `ca_sha256` lists 64 hexadecimal digits each", about: "ca_sha256") }
        door.pins = Set(pins)
        return door
    }

    private static func token(
        _ reader: SettingsReader, _ configuration: ConnectorConfiguration, _ url: String
    ) throws(ConnectorError) -> SecretText {
        do throws(ConnectorError) {
            try HTTPSession.Configuration.check(url: url)
        } catch {
            throw reader.error("the setting `url` is not usable: \(error.message)", about: "url")
        }
        guard let credential = configuration.credential, !credential.isEmpty else {
            throw reader.error("with `url` the target needs a `credential` that leads to a bearer token")
        }
        return credential
    }

    // MARK: Places

    private static func namespaces(_ reader: inout SettingsReader) throws(ConnectorError) -> NamespaceRules {
        var template: NamespaceTemplate?
        if let text = try reader.optionalString("namespace") {
            template = NamespaceTemplate(text)
            guard template != nil else {
                throw reader.error(
                    "the setting `namespace` is a name with `{tenant}` and perhaps `{tier}`, `{sector}`, `{region}` in it",
                    about: "namespace")
            }
        }
        var labels = NamespaceRules.standardLabels
        for entry in try reader.texts("namespace_labels") {
            labels[try dimension(entry, "namespace_labels", reader)] = entry.text
        }
        var assumed: [NamespaceRules.Dimension: Slug] = [:]
        for entry in try reader.texts("namespace_assume") {
            guard let slug = Slug(entry.text) else {
                throw reader.error("`\(entry.text)` is no slug", about: "namespace_assume")
            }
            assumed[try dimension(entry, "namespace_assume", reader)] = slug
        }
        return NamespaceRules(template: template, labels: labels, assumed: assumed)
    }

    private static func dimension(
        _ entry: SettingText, _ setting: String, _ reader: SettingsReader
    ) throws(ConnectorError) -> NamespaceRules.Dimension {
        if let dimension = NamespaceRules.Dimension(rawValue: entry.name) { return dimension }
        throw reader.error(
            "`\(setting)` knows `sector`, `tier`, `region` and `tenant`, not `\(entry.name)`", about: setting)
    }

    private static func clusterWide(_ reader: inout SettingsReader) throws(ConnectorError) -> Set<Slug> {
        var tenants: Set<Slug> = []
        for text in try reader.strings("cluster_wide", default: ["platform"]) {
            guard let slug = Slug(text) else { throw reader.error("`\(text)` is no tenant", about: "cluster_wide") }
            tenants.insert(slug)
        }
        return tenants
    }

    // MARK: Names and roles

    private static func subjects(_ reader: inout SettingsReader) throws(ConnectorError) -> SubjectNaming {
        guard var nested = try reader.nested("subjects") else { return SubjectNaming(style: .oidc) }
        let style = try nested.choice("style", default: SubjectNaming.Style.oidc)
        let prefix = try nested.optionalString("prefix") ?? ""
        let domain = try nested.optionalString("domain")
        let names = try nested.texts("map")
        try nested.finish()
        if style == .gke, domain == nil {
            throw nested.error("style `gke` needs the `domain` of the groups' addresses", about: "subjects")
        }
        // `system:masters` may do everything, whatever any role says.
        guard ([prefix] + names.map(\.text)).allSatisfy({ !$0.lowercased().hasPrefix("system:") }) else {
            throw nested.error(
                "a group's name may not begin with `system:`, which is the cluster's own", about: "subjects")
        }
        guard Set(names.map(\.text)).count == names.count else {
            throw nested.error("`map` gives two groups one name", about: "subjects")
        }
        return SubjectNaming(
            style: style, prefix: prefix, domain: domain,
            names: Dictionary(names.map { ($0.name, $0.text) }, uniquingKeysWith: { first, _ in first }))
    }

    private static func clusterRoles(_ reader: inout SettingsReader) throws(ConnectorError) -> [Role: String] {
        var roles: [Role: String] = [.reader: "view", .contributor: "edit", .admin: "admin", .operator: "admin"]
        for entry in try reader.texts("cluster_roles") {
            guard let role = Role(rawValue: entry.name) else {
                throw reader.error("`\(entry.name)` is no role", about: "cluster_roles")
            }
            guard entry.text != "cluster-admin" else {
                throw reader.error("`cluster-admin` may do everything and is given to nobody", about: "cluster_roles")
            }
            roles[role] = entry.text
        }
        return roles
    }

    private static func probes(_ reader: inout SettingsReader) throws(ConnectorError) -> [Role: AccessProbe] {
        var texts: [Role: String] = [
            .reader: "get pods", .contributor: "create deployments.apps",
            .admin: "create rolebindings.rbac.authorization.k8s.io",
            .operator: "create rolebindings.rbac.authorization.k8s.io",
        ]
        for entry in try reader.texts("probes") {
            guard let role = Role(rawValue: entry.name) else {
                throw reader.error("`\(entry.name)` is no role", about: "probes")
            }
            texts[role] = entry.text
        }
        var probes: [Role: AccessProbe] = [:]
        for (role, text) in texts {
            guard let probe = AccessProbe(text) else {
                throw reader.error(
                    "`\(text)` is no verb and resource, as `create deployments.apps` is", about: "probes")
            }
            probes[role] = probe
        }
        return probes
    }

    private static func operatorAnnotations(_ reader: inout SettingsReader) throws(ConnectorError) -> [String: String] {
        var annotations: [String: String] = [:]
        for entry in try reader.texts("operator_annotations") {
            guard !entry.name.hasPrefix("tenure.io/") else {
                throw reader.error("annotations of `tenure.io` are Tenure's own", about: "operator_annotations")
            }
            annotations[entry.name] = entry.text
        }
        return annotations
    }
}
