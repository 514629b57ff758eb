/// What a notice can tell of. The raw value is its type on a webhook and its name under `on` in `notices.yaml`.
public enum NoticeKind: String, CaseIterable, Sendable {
    /// Somebody asks for a window; for those who may approve it.
    case accessRequested = "access.requested"
    /// A request was changed, and needs its approvals anew.
    case accessEdited = "access.edited"
    /// The last approval was given.
    case accessGranted = "access.granted"
    case accessDenied = "access.denied"
    case accessWithdrawn = "access.withdrawn"
    /// Nobody decided in time.
    case accessExpired = "access.expired"
    /// A window was read back: it is open.
    case accessOpened = "access.opened"
    /// A window is about to end.
    case accessEnding = "access.ending"
    /// Given back before its end.
    case accessReleased = "access.released"
    case accessClosed = "access.closed"
    /// A window ended before its time, for want of eligibility.
    case accessLost = "access.lost"
    case breakGlassActivated = "breakglass.activated"
    /// Nobody has reviewed an activation yet, and its time for that is over.
    case breakGlassUnreviewed = "breakglass.unreviewed"
    case breakGlassReviewed = "breakglass.reviewed"
    /// A guard holds something for a second person.
    case holdOpened = "hold.opened"
    /// Asked for by `tenure notice test`.
    case test = "notice.test"

    /// What a template may name between braces: the members of the notice's `data`, and what every notice has.
    public var fields: [String] { Self.common + ownFields }

    /// What every notice has.
    public static let common = ["organization", "type", "about", "at"]

    private var ownFields: [String] {
        switch self {
        case .accessRequested, .accessEdited, .accessGranted, .accessDenied, .accessWithdrawn, .accessExpired,
            .accessOpened, .accessEnding, .accessReleased, .accessClosed, .accessLost:
            [
                "request", "window", "person", "email", "name", "group", "reason", "duration", "start", "until", "by",
                "note", "approvals", "risk",
            ]
        case .breakGlassActivated, .breakGlassUnreviewed, .breakGlassReviewed:
            [
                "window", "person", "email", "name", "group", "target", "reason", "start", "until", "review_by", "by",
                "note", "offline",
            ]
        case .holdOpened: ["hold", "what", "reason", "people", "by"]
        case .test: ["by"]
        }
    }

    /// Told before anything that is not, and without waiting for a quieter moment.
    public var isUrgent: Bool {
        switch self {
        case .breakGlassActivated, .breakGlassUnreviewed: true
        default: false
        }
    }
}
