import AccessModel
import ConnectorKit

extension PostgreSQLTarget {
    /// All of it is one moment of the server's catalog: a listing comes whole, or the transaction fails.
    public func observe(_ scope: ObservationScope) async throws(ConnectorError) -> Observation {
        let (organization, access) = (settings.organization, settings.access)
        return try await reading.transaction(.read, "observe \(name)") { session throws(ConnectorError) in
            let survey = RoleSurvey(session: session, organization: organization, access: access)
            switch scope {
            case .everything: return try survey.everything()
            case .only(let identities, let names, let groups):
                guard !(identities.isEmpty && names.isEmpty && groups.isEmpty) else {
                    return Observation(facts: [], completeness: .complete)
                }
                return try survey.only(identities, names, groups)
            }
        }
    }
}
