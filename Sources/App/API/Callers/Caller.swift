import AccessModel

/// Who asks.
public enum Caller: Hashable, Sendable {
    case person(PersonID)
    /// A pipeline that exchanged its token, as the operator group that declares it.
    case pipeline(Group, workload: String)
    /// Nobody yet: the first admin, on this machine, before anybody can sign in.
    case bootstrap

    /// As records name the actor.
    var actor: String {
        switch self {
        case .person(let id): id.text
        case .pipeline(_, let workload): "workload:\(workload)"
        case .bootstrap: "local:bootstrap"
        }
    }
}
