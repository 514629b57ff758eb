/// Whom a notice concerns, as whoever gives it knows; a route names them under `to`.
public enum NoticeAudience: String, CaseIterable, Sendable {
    /// Who asked for it.
    case requester
    /// Who may decide about it.
    case approvers
    /// Whose access it is, where somebody else acted.
    case person
    /// Who has to know at once when the glass is broken: those who may break it too, and the second person.
    case responders
}
