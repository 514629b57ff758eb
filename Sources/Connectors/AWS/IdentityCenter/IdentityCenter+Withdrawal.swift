import AccessModel
import ConnectorKit

/// Taking away what a user holds, and the sessions that it holds it in.
extension IdentityCenter {
    /// Ends what a user holds, and its sessions. Nothing to say where there was nothing to end.
    ///
    /// Memberships go before it is asked what the user holds directly: only the management account may be asked that in one
    /// question, and a refusal keeps nobody in a group.
    ///
    /// - Parameter isNew: Whether the user's sessions are to end whatever it holds. One that holds something all the same
    ///   loses its sessions before that too: an attempt that stops half way leaves nothing by which the next one would know.
    func end(_ user: StoreUser, isNew: Bool, _ operation: String) async throws(ConnectorError) -> [String] {
        var notes: [String] = []
        let memberships = try await store.memberships(ofUser: user.id, operation)
        if !isNew, !memberships.isEmpty { _ = try await revokeSessions(of: user, operation) }
        for membership in memberships { _ = try await store.deleteMembership(membership.id, operation) }
        if !memberships.isEmpty { notes.append("\(memberships.count) memberships ended") }
        let direct: [AccountAssignment]
        do throws(ConnectorError) {
            direct = try await assignments.all(of: .user, user.id, operation)
        } catch {
            if isNew || !memberships.isEmpty { _ = try await revokeSessions(of: user, operation) }
            throw error
        }
        if !isNew, !direct.isEmpty { _ = try await revokeSessions(of: user, operation) }
        for assignment in direct { try await assignments.delete(assignment, operation) }
        if !direct.isEmpty { notes.append("\(direct.count) direct assignments ended") }
        guard isNew || !notes.isEmpty else { return [] }
        return notes + (try await revokeSessions(of: user, operation))
    }

    /// Whether nothing shows yet that Tenure has cut off a user that an identity provider brings. That the provider has
    /// disabled it ends no session.
    func isStillLetIn(_ user: StoreUser, _ operation: String) async throws(ConnectorError) -> Bool {
        guard user.isDisabledByStore else { return true }
        guard settings.revokesSessions else { return false }
        return try await !revocation.isDenied(user.id, operation)
    }

    /// In words, what becomes of the sessions that are out already.
    func revokeSessions(of user: StoreUser, _ operation: String) async throws(ConnectorError) -> [String] {
        guard settings.revokesSessions else { return [Self.residual(longestSession)] }
        let count = try await revocation.revoke(user.id, operation)
        return [
            "sessions issued before now are denied in \(count) permission sets",
            "residual access: the portal's own session, which no interface ends, shows no account; sessions of permission "
                + "sets that are not Tenure's live on for up to \(SessionRevocation.longestSession)",
        ]
    }

    /// Of one who left a group that is there or was: it may have held any of Tenure's permission sets.
    ///
    /// - Parameter group: One that is not Tenure's may have held others' permission sets.
    func residual(of group: StoreGroup) -> String {
        let isOwn = AssignmentLedger(group.description, owner: settings.owner) != nil
        return Self.residual(isOwn ? longestSession : SessionRevocation.longestSession)
    }

    private var longestSession: Span {
        settings.permissionSets.values.map(\.session).max() ?? SessionRevocation.longestSession
    }

    private static func residual(_ longest: Span) -> String {
        "residual access: sessions in accounts live on for up to \(longest)"
    }
}
