import AccessModel
import ConnectorKit

extension PostgreSQLTarget {
    func add(_ assignment: RoleAssignment, _ operation: String) async throws(ConnectorError) -> Receipt {
        guard let mark = AssignmentMark(assignment) else {
            throw ConnectorError(
                code: .invalid, operation: operation,
                message:
                    "`\(assignment.role)` of `\(assignment.scope)` is no role of a coordinate; only such can be given")
        }
        let (organization, access) = (settings.organization, settings.access)
        let isChanged = try await writing.transaction(.write, operation) { session throws(ConnectorError) in
            try GrantEditor(session: session, organization: organization, access: access)
                .add(mark, to: assignment.group)
        }
        return receipt(isChanged ? .applied : .alreadyHeld, "")
    }

    /// A role of a coordinate, or what somebody else granted: `SELECT,UPDATE` of `table shop.cards`.
    func remove(_ assignment: RoleAssignment, _ operation: String) async throws(ConnectorError) -> Receipt {
        let (organization, access) = (settings.organization, settings.access)
        let mark = AssignmentMark(assignment)
        let isChanged = try await writing.transaction(.write, operation) { session throws(ConnectorError) in
            let editor = GrantEditor(session: session, organization: organization, access: access)
            if let mark { return try editor.remove(mark, from: assignment.group) }
            let privileges = Set(assignment.role.split(separator: ",").map(String.init))
            return try editor.remove(privileges, on: assignment.scope, from: assignment.group)
        }
        return receipt(isChanged ? .applied : .alreadyHeld, isChanged ? "" : "there is nothing of it")
    }
}
