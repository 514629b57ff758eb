import Foundation
import StrictJSON

/// A cluster as its administrator sees it, with curl: the eyes and the hands of the tests.
public struct KubernetesAdmin: Sendable {
    public let url: String
    public let caFile: String
    /// Of somebody who may do everything.
    public let token: String
    /// Instead of the token, where there is none: a certificate and its key.
    public let certificate: String?
    public let key: String?

    public init(url: String, caFile: String, token: String, certificate: String? = nil, key: String? = nil) {
        self.url = url
        self.caFile = caFile
        self.token = token
        self.certificate = certificate
        self.key = key
    }

    public struct Answer: Sendable {
        public let status: Int
        public let body: JSONValue
    }

    public static let rbac = "/apis/rbac.authorization.k8s.io/v1"

    // MARK: Requests

    @discardableResult
    public func request(
        _ method: String, _ path: String, _ body: JSONValue? = nil, type: String = "application/json",
        as token: String? = nil
    ) throws -> Answer {
        let outcome = try curl(
            method, path, ["-w", "\n%{http_code}"] + (body.map { _ in ["--data-binary", "@-"] } ?? []),
            input: body?.compactText ?? "", type: type, as: token)
        let cut = outcome.output.lastIndex(of: "\n") ?? outcome.output.startIndex
        let text = outcome.output[..<cut]
        return Answer(
            status: Int(outcome.output[cut...].dropFirst()) ?? 0,
            body: text.isEmpty ? .null : (try? JSONParser.parse(String(text))) ?? .null)
    }

    func text(_ method: String, _ path: String) throws -> String {
        try curl(method, path, [], input: "", type: "application/json", as: nil).output
    }

    private func curl(
        _ method: String, _ path: String, _ more: [String], input: String, type: String, as token: String?
    ) throws -> LDAPTool.Outcome {
        var words = [
            "-s", "--max-time", "60", "--cacert", caFile, "-X", method, url + path, "-H", "Content-Type: \(type)",
        ]
        if let certificate, let key, token == nil {
            words += ["--cert", certificate, "--key", key]
        } else {
            words += ["-H", "Authorization: Bearer \(token ?? self.token)"]
        }
        return try LDAPTool.run("curl", words + more, input: input)
    }

    /// The body of a request that must succeed.
    @discardableResult
    public func require(
        _ method: String, _ path: String, _ body: JSONValue? = nil, type: String = "application/json",
        as token: String? = nil
    ) throws -> JSONValue {
        let answer = try request(method, path, body, type: type, as: token)
        guard (200..<300).contains(answer.status) else {
            throw LDAPTool.Failure(description: "\(method) \(path): \(answer.status) \(answer.body.compactText)")
        }
        return answer.body
    }

    // MARK: What tests make

    public func makeNamespace(_ name: String, labels: [String: String] = [:]) throws {
        let labels = JSONObject(labels.sorted { $0.key < $1.key }.map { .init(name: $0.key, value: .string($0.value)) })
        try require(
            "POST", "/api/v1/namespaces",
            [
                "apiVersion": "v1", "kind": "Namespace",
                "metadata": ["name": .string(name), "labels": .object(labels)],
            ])
    }

    /// Binds somebody by hand.
    ///
    /// - Parameter subject: `Group/name`, `User/name`, `ServiceAccount/namespace/name`.
    public func bind(_ name: String, in namespace: String?, clusterRole: String, to subject: String) throws {
        let path = Self.rbac + (namespace.map { "/namespaces/\($0)/rolebindings" } ?? "/clusterrolebindings")
        var metadata = JSONObject([.init(name: "name", value: .string(name))])
        if let namespace { metadata["namespace"] = .string(namespace) }
        try require(
            "POST", path,
            [
                "apiVersion": "rbac.authorization.k8s.io/v1",
                "kind": namespace == nil ? "ClusterRoleBinding" : "RoleBinding", "metadata": .object(metadata),
                "roleRef": [
                    "apiGroup": "rbac.authorization.k8s.io", "kind": "ClusterRole", "name": .string(clusterRole),
                ],
                "subjects": [Self.subject(subject)],
            ])
    }

    public static func subject(_ text: String) -> JSONValue {
        let parts = text.split(separator: "/", maxSplits: 2).map(String.init)
        if parts[0] == "ServiceAccount" {
            return ["kind": "ServiceAccount", "namespace": .string(parts[1]), "name": .string(parts[2])]
        }
        return [
            "apiGroup": "rbac.authorization.k8s.io", "kind": .string(parts[0]),
            "name": .string(parts.dropFirst().joined(separator: "/")),
        ]
    }

    /// A service account that holds a cluster role, and a token of it.
    public func makeConnector(named name: String, in namespace: String, clusterRole: String) throws -> String {
        try require(
            "POST", "/api/v1/namespaces/\(namespace)/serviceaccounts",
            ["apiVersion": "v1", "kind": "ServiceAccount", "metadata": ["name": .string(name)]])
        try bind(name, in: nil, clusterRole: clusterRole, to: "ServiceAccount/\(namespace)/\(name)")
        return try makeToken(of: name, in: namespace)
    }

    public func makeToken(of account: String, in namespace: String) throws -> String {
        let answer = try require(
            "POST", "/api/v1/namespaces/\(namespace)/serviceaccounts/\(account)/token",
            ["apiVersion": "authentication.k8s.io/v1", "kind": "TokenRequest", "spec": ["expirationSeconds": 3600]])
        guard let token = answer["status"]?["token"]?.string else {
            throw LDAPTool.Failure(description: "no token: \(answer.compactText)")
        }
        return token
    }

    // MARK: What tests see

    /// Whether a member of the group may; the server's own word, asked until it is as expected or a minute has passed:
    /// it learns of a change by a watch of its own.
    public func allows(
        _ verb: String, _ resource: String, group apiGroup: String = "", in namespace: String?, member: String,
        expecting expected: Bool
    ) throws -> Bool {
        var attributes = JSONObject([
            .init(name: "verb", value: .string(verb)), .init(name: "resource", value: .string(resource)),
            .init(name: "group", value: .string(apiGroup)),
        ])
        if let namespace { attributes["namespace"] = .string(namespace) }
        let deadline = Date().addingTimeInterval(60)
        while true {
            let review = try require(
                "POST", "/apis/authorization.k8s.io/v1/subjectaccessreviews",
                [
                    "apiVersion": "authorization.k8s.io/v1", "kind": "SubjectAccessReview",
                    "spec": [
                        "user": "somebody", "groups": [.string(member)], "resourceAttributes": .object(attributes),
                    ],
                ])
            let isAllowed = review["status"]?["allowed"]?.bool ?? false
            if isAllowed == expected || Date() > deadline { return isAllowed }
            usleep(50_000)
        }
    }

    public func binding(_ name: String, in namespace: String?) throws -> JSONValue? {
        let place = namespace.map { "/namespaces/\($0)/rolebindings" } ?? "/clusterrolebindings"
        let escaped = name.addingPercentEncoding(withAllowedCharacters: .alphanumerics) ?? name
        let answer = try request("GET", Self.rbac + place + "/" + escaped)
        return answer.status == 200 ? answer.body : nil
    }

    /// In words of its own: within an expectation `nil` may be taken for JSON's null.
    public func hasBinding(_ name: String, in namespace: String?) throws -> Bool {
        try binding(name, in: namespace).map { _ in true } ?? false
    }

    /// Changes a binding by hand: a strategic merge, as `kubectl patch` does it.
    public func patchBinding(_ name: String, in namespace: String?, _ patch: JSONValue, manager: String = "by-hand")
        throws
    {
        let place = namespace.map { "/namespaces/\($0)/rolebindings" } ?? "/clusterrolebindings"
        let escaped = name.addingPercentEncoding(withAllowedCharacters: .alphanumerics) ?? name
        try require(
            "PATCH", Self.rbac + place + "/" + escaped + "?fieldManager=\(manager)", patch,
            type: "application/merge-patch+json")
    }

    /// A kubeconfig for this cluster, as JSON, which YAML is too.
    public func kubeconfig(user: JSONValue, server: String? = nil) -> String {
        let config: JSONValue = [
            "apiVersion": "v1", "kind": "Config", "current-context": "test",
            "clusters": [
                [
                    "name": "test",
                    "cluster": ["server": .string(server ?? url), "certificate-authority": .string(caFile)],
                ]
            ],
            "users": [["name": "test", "user": user]],
            "contexts": [["name": "test", "context": ["cluster": "test", "user": "test"]]],
        ]
        return config.prettyText
    }
}
