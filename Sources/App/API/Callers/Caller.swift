import AccessModel

/// Who asks.
public enum Caller: Hashable, Sendable {
    case person(PersonID)
    /// A pipeline that exchanged its token, as the operator group that declares it.
    case pipeline(Group, workload: String)
    /// Nobody said who they are, where nobody is asked.
    case anonymous

    /// As records name the actor.
    var actor: String {
        switch self {
        case .person(let id): id.text
        case .pipeline(_, let workload): "workload:\(workload)"
        case .anonymous: "anonymous"
        }
    }
}
