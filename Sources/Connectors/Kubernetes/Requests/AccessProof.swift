import AccessModel
import ConnectorKit
import StrictJSON

/// Who is asked about: somebody of that name who is in those groups.
struct ProofSubject: Hashable, Sendable {
    let user: String
    let groups: [String]

    /// Any member of a group; everybody who has signed in is in `system:authenticated` as well.
    static func member(of group: String) -> ProofSubject {
        ProofSubject(user: "tenure:any-member", groups: [group, "system:authenticated"])
    }

    static func of(_ subject: RBACSubject) -> ProofSubject {
        switch subject.kind {
        case .group: member(of: subject.name)
        case .user: ProofSubject(user: subject.name, groups: ["system:authenticated"])
        case .serviceAccount:
            ProofSubject(
                user: "system:serviceaccount:\(subject.namespace):\(subject.name)",
                groups: [
                    "system:serviceaccounts", "system:serviceaccounts:\(subject.namespace)", "system:authenticated",
                ])
        }
    }
}

/// What only a holder of a role may do: how it is seen that the role holds.
struct AccessProbe: Hashable, Sendable, CustomStringConvertible {
    let verb: String
    let group: String
    let resource: String

    /// `create deployments.apps`: a verb, and a resource with its group; nil for anything else.
    init?(_ text: String) {
        let words = text.split(separator: " ", omittingEmptySubsequences: false)
        guard words.count == 2, !words[0].isEmpty, !words[1].isEmpty,
            text.utf8.allSatisfy({ $0.isLowercaseLetter || $0.isDigit || " .-/".utf8.contains($0) })
        else { return nil }
        let parts = words[1].split(separator: ".", maxSplits: 1, omittingEmptySubsequences: false)
        verb = String(words[0])
        resource = String(parts[0])
        group = parts.count == 2 ? String(parts[1]) : ""
    }

    var description: String { "\(verb) \(resource)\(group.isEmpty ? "" : ".\(group)")" }
}

/// Asks the API server itself whether somebody may do something (SubjectAccessReview).
struct AccessProof: Sendable {
    struct Answer: Hashable, Sendable {
        let isAllowed: Bool
        /// `RBAC: allowed by RoleBinding "debug/payments-live" of ClusterRole "edit" to Group "dev"`.
        let reason: String

        /// Whether the server names this binding as what allows it.
        func names(_ binding: String, in place: BindingPlace) -> Bool {
            switch place {
            case .cluster: reason.contains("ClusterRoleBinding \"\(binding)\"")
            case .namespace(let namespace): reason.contains("\"\(binding)/\(namespace)\"")
            }
        }
    }

    let client: KubernetesClient

    func ask(
        _ subject: ProofSubject, _ probe: AccessProbe, in place: BindingPlace, operation: String
    ) async throws(ConnectorError) -> Answer {
        var attributes: JSONObject = JSONObject()
        attributes["verb"] = .string(probe.verb)
        attributes["group"] = .string(probe.group)
        attributes["resource"] = .string(probe.resource)
        // Without a namespace it is about all of them.
        if let namespace = place.namespace { attributes["namespace"] = .string(namespace) }
        let review: JSONValue = [
            "apiVersion": "authorization.k8s.io/v1", "kind": "SubjectAccessReview",
            "spec": [
                "user": .string(subject.user), "groups": .array(subject.groups.map { .string($0) }),
                "resourceAttributes": .object(attributes),
            ],
        ]
        let answer = try await client.create(.subjectAccessReviews, review, operation: operation)
        guard let isAllowed = answer["status"]?["allowed"]?.bool else {
            throw ConnectorError(
                code: .targetFailure, operation: operation, message: "an access review came back without its answer")
        }
        let status = answer["status"]
        let reason = status?["reason"]?.string ?? ""
        return Answer(
            isAllowed: isAllowed, reason: reason.isEmpty ? status?["evaluationError"]?.string ?? "" : reason)
    }

    /// Asks again for a moment while the answer is not as expected: the server learns of a change by a watch of its own.
    func ask(
        _ subject: ProofSubject, _ probe: AccessProbe, in place: BindingPlace, operation: String,
        until isExpected: @Sendable (Answer) -> Bool
    ) async throws(ConnectorError) -> Answer {
        var answer = try await ask(subject, probe, in: place, operation: operation)
        for pause in [20, 50, 100, 200, 400, 1_000, 2_000] where !isExpected(answer) {
            do {
                try await Task.sleep(for: .milliseconds(pause))
            } catch {
                return answer
            }
            answer = try await ask(subject, probe, in: place, operation: operation)
        }
        return answer
    }
}
