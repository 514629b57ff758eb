import AccessModel

/// Who asks.
public enum Caller: Hashable, Sendable {
    /// - Parameter isAsserted: By their own word, which only a rehearsal takes.
    case person(PersonID, isAsserted: Bool = false)
    /// A pipeline that exchanged its token, as the operator group that declares it.
    case pipeline(Group, workload: String)
    /// Nobody said who they are, where nobody is asked.
    case anonymous

    var isAsserted: Bool { if case .person(_, isAsserted: true) = self { true } else { false } }

    /// As records name the actor.
    var actor: String {
        switch self {
        case .person(let id, _): id.text
        case .pipeline(_, let workload): "workload:\(workload)"
        case .anonymous: "anonymous"
        }
    }
}
