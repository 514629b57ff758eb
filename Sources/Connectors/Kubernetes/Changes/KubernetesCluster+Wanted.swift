import AccessModel
import ConnectorKit

extension KubernetesSettings {
    func probe(_ role: Role) -> AccessProbe { probes[role] ?? .readPods }

    func clusterRole(_ role: Role) -> RoleRef { .clusterRole(clusterRoles[role] ?? "view") }

    /// The binding that a name stands for; nil where the group has no name in the cluster.
    func wanted(_ name: BindingName, _ role: Role, scope: Coordinate, notation: Group?) -> WantedBinding? {
        guard let subject = subjects.subject(for: name.group) else { return nil }
        var annotations = [OwnerMarks.scopeAnnotation: scope.description]
        annotations[OwnerMarks.notationAnnotation] = notation?.path
        return WantedBinding(
            name: name.description, role: clusterRole(role), subject: subject, labels: marks.labels(of: name.group),
            annotations: annotations)
    }
}

extension AccessProbe {
    static let readPods = AccessProbe(verb: "get", group: "", resource: "pods")

    private init(verb: String, group: String, resource: String) {
        self.verb = verb
        self.group = group
        self.resource = resource
    }
}

/// What a fact about a role asks of the cluster.
struct AssignmentRequest: Sendable {
    let name: BindingName
    let role: Role
    let scope: Coordinate

    /// - Throws: `invalid` for a fact that no binding can stand for.
    init(_ assignment: RoleAssignment, _ operation: String) throws(ConnectorError) {
        func refuse(_ why: String) -> ConnectorError {
            ConnectorError(code: .invalid, operation: operation, message: why)
        }
        guard let role = Role(rawValue: assignment.role) else { throw refuse("`\(assignment.role)` is no role") }
        guard let scope = Coordinate(text: assignment.scope) else {
            throw refuse("`\(assignment.scope)` is no coordinate (`sector/tier/region/tenant`)")
        }
        guard let name = BindingName(group: assignment.group, purpose: .role(role, scope: scope)) else {
            throw refuse("no binding can be named after the group `\(assignment.group)`")
        }
        self.role = role
        self.scope = scope
        self.name = name
    }
}

extension KubernetesCluster {
    /// Whom a group's binding binds.
    ///
    /// - Throws: `configuration` when nobody has said what the group is called there.
    func wanted(
        _ request: AssignmentRequest, notation: Group?, _ operation: String
    ) throws(ConnectorError) -> WantedBinding {
        if let wanted = settings.wanted(request.name, request.role, scope: request.scope, notation: notation) {
            return wanted
        }
        throw ConnectorError(
            code: .configuration, operation: operation,
            message: "`subjects.map` has no name for the group `\(request.name.group)`")
    }
}
