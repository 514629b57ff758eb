import CEL
import Definitions

/// All that conditions can see: variables, most of them records, each with the kinds of question in which it means
/// something. In any other kind it has its default: an empty text, false, 0, an empty list.
public enum PolicyAttributes {
    /// In the order of the slots of an activation.
    enum Root: Int, CaseIterable, Sendable {
        case subject, group, target, change, cause, plan, request, requester, approver, platform, now, risk

        var name: String { Self.names[rawValue] }

        private static let names = allCases.map { String(describing: $0) }

        /// Nil for a plain value.
        var record: CELRecordType? {
            switch self {
            case .subject, .requester: PolicyAttributes.subject
            case .group: PolicyAttributes.group
            case .target: PolicyAttributes.target
            case .change: PolicyAttributes.change
            case .cause: PolicyAttributes.cause
            case .plan: PolicyAttributes.plan
            case .request: PolicyAttributes.request
            case .approver: PolicyAttributes.approver
            case .platform: PolicyAttributes.platform
            case .now, .risk: nil
            }
        }

        var type: CELType {
            switch self {
            case .now: .timestamp
            case .risk: .int
            default: record.map { .record($0) } ?? .dyn
            }
        }

        /// In which it means something.
        var kinds: [PolicyDefinition.Kind] {
            switch self {
            case .subject, .now: PolicyDefinition.Kind.allCases
            case .risk: [.change, .request, .approval, .breakGlass, .review]
            case .group, .platform: [.change, .request, .approval, .breakGlass, .review]
            case .target, .change, .plan: [.change]
            case .cause: [.change, .review]
            case .request, .requester: [.request, .approval, .breakGlass]
            case .approver: [.approval]
            }
        }
    }

    static let environment = CELEnvironment(Root.allCases.map { CELEnvironment.Variable($0.name, $0.type) })

    /// Every path that a condition can read, `subject.department`, in the order in which they are explained.
    public static let paths: [String] = Root.allCases.flatMap { root -> [String] in
        root.record.map { $0.fields.map { "\(root.name).\($0.name)" } } ?? [root.name]
    }

    static let subject = CELRecordType(name: "subject", fields: personFields)
    static let approver = CELRecordType(
        name: "approver", fields: personFields + [CELRecordType.Field("eligible", .bool)])

    private static let personFields = fields([
        ("id", .string), ("email", .string), ("kind", .string), ("type", .string), ("status", .string),
        ("department", .string), ("title", .string), ("location", .string), ("manager", .string),
        ("start", .timestamp), ("end", .timestamp), ("days_known", .int), ("groups", .list(.string)),
    ])
    static let group = CELRecordType(
        name: "group",
        fields: fields([
            ("tenant", .string), ("tier", .string), ("role", .string), ("slug", .string), ("live", .bool),
            ("core", .bool), ("sectors", .list(.string)), ("compliance", .list(.string)),
        ]))
    static let target = CELRecordType(
        name: "target", fields: fields([("name", .string), ("connector", .string), ("critical", .bool)]))
    static let change = CELRecordType(
        name: "change",
        fields: fields([
            ("operation", .string), ("lane", .string), ("kind", .string), ("standing", .bool), ("counted", .bool),
            ("held", .bool), ("last_admin", .bool), ("takes_over", .bool),
        ]))
    static let cause = CELRecordType(
        name: "cause", fields: fields([("kinds", .list(.string)), ("sources", .list(.string))]))
    static let plan = CELRecordType(
        name: "plan",
        fields: fields([
            ("adds", .int), ("removes", .int), ("updates", .int), ("identities", .int), ("groups", .int),
            ("targets", .int), ("score", .int), ("people_removed", .int),
        ]))
    static let request = CELRecordType(
        name: "request",
        fields: fields([
            ("id", .string), ("reason", .string), ("duration", .duration), ("start", .timestamp),
            ("until", .timestamp), ("emergency", .bool), ("extension", .bool),
        ]))
    static let platform = CELRecordType(
        name: "platform", fields: fields([("max_window", .duration), ("conflicts", .list(.string))]))

    private static func fields(_ fields: [(String, CELType)]) -> [CELRecordType.Field] {
        fields.map { CELRecordType.Field($0.0, $0.1) }
    }
}
