import AccessModel

/// What `notices.yaml` says; without the file, nobody is told anything.
public struct NoticeDefinitions: Sendable {
    /// Subject and text of a mail.
    public struct Wording: Sendable {
        public var subject: NoticeTemplate
        public var text: NoticeTemplate
    }

    public var channels: [NoticeChannel] = []
    public var routes: [NoticeRoute] = []
    /// Those that the file words itself.
    public var wordings: [NoticeKind: Wording] = [:]

    public init() {}

    public func channel(_ name: Slug) -> NoticeChannel? { channels.first { $0.name == name } }

    /// The file's own wording, or the built-in one.
    public func wording(of kind: NoticeKind) -> Wording { wordings[kind] ?? .builtIn(for: kind) }

    /// For a file without `routes`: everybody whom a notice concerns, by every channel.
    static func standardRoutes(_ channels: [NoticeChannel]) -> [NoticeRoute] {
        let names = channels.map(\.name)
        let kinds = Set(NoticeKind.allCases.filter { $0 != .test })
        return names.isEmpty
            ? [] : [NoticeRoute(kinds: kinds, recipients: standardRecipients.map { .audience($0) }, channels: names)]
    }

    static let standardRecipients = NoticeAudience.allCases
}

extension NoticeDefinitions.Wording {
    static func builtIn(for kind: NoticeKind) -> NoticeDefinitions.Wording {
        let (subject, text) = words(for: kind)
        return NoticeDefinitions.Wording(
            subject: NoticeTemplate(builtIn: subject, fields: kind.fields),
            text: NoticeTemplate(builtIn: text, fields: kind.fields))
    }

    private static let window = "group: {group}\nperson: {name} ({person})\nfrom: {start}\nuntil: {until}\n"

    private static func words(for kind: NoticeKind) -> (subject: String, text: String) {
        switch kind {
        case .accessRequested:
            (
                "{name} asks for {group}",
                "{name} ({person}) asks for {group} for {duration}.\n\nreason: {reason}\nstart: {start}\nrisk: {risk}\n"
                    + "approvals needed: {approvals}\n\ntenure access approve {request} --as YOU\n"
                    + "tenure access deny {request} --reason WHY --as YOU\n"
            )
        case .accessEdited:
            (
                "{name} changed the request for {group}",
                "{request} was changed, and earlier approvals count no more.\n\nreason: {reason}\nstart: {start}\n"
                    + "duration: {duration}\n\ntenure access approve {request} --as YOU\n"
            )
        case .accessGranted:
            ("{group}: approved", "{by} approved {request}.\n\n\(window)")
        case .accessWithdrawn:
            ("{group}: withdrawn", "{by} withdrew {request}; there is nothing to decide any more.\n")
        case .accessDenied:
            ("{group}: denied", "{by} denied {request}.\n\n{note}\n")
        case .accessExpired:
            ("{group}: nobody decided in time", "{request} for {group} has expired.\n")
        case .accessOpened:
            ("{group}: open until {until}", "It was read back and is open.\n\n\(window)")
        case .accessEnding:
            ("{group}: ends at {until}", "It ends by itself.\n\n\(window)\ntenure access extend {window}\n")
        case .accessReleased:
            ("{group}: given back", "{by} gave it back before its end.\n\n\(window)")
        case .accessClosed:
            ("{group}: closed", "It is closed.\n\n\(window)")
        case .accessLost:
            ("{group}: lost", "The window was lost before its end: {note}\n\n\(window)")
        case .breakGlassActivated:
            (
                "BREAK-GLASS: {name} opened {group}",
                "{name} ({person}) broke the glass.\n\ngroup: {group}\ntarget: {target}\nreason: {reason}\n"
                    + "from: {start}\nuntil: {until}\nreview by: {review_by}\noffline: {offline}\n"
            )
        case .breakGlassUnreviewed:
            (
                "BREAK-GLASS without a review: {name}, {group}",
                "Nobody has reviewed {window} of {name} ({person}) on {group}; it was due at {review_by}.\n"
            )
        case .breakGlassReviewed:
            ("break-glass of {name} was reviewed", "{by} reviewed {window} on {group}.\n\n{note}\n")
        case .holdOpened:
            (
                "held for a second person: {hold}",
                "{reason}\n\nwhat: {what}\npeople: {people}\nby: {by}\n\ntenure hold show {hold}\n"
            )
        case .test:
            ("test of {organization}", "{by} asked for this notice. Nothing happened.\n")
        }
    }
}
