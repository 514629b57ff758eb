import Persistence
import StrictJSON

/// What is kept of a content, in the form in which it is kept. It takes some time to make, and can be made before the
/// transaction, where nobody waits for it.
struct ResourceText: Sendable {
    /// The name that a user is unique by.
    let userNameKey: String?
    /// `user_name`, `display_name`, `external_id`, `active`, `body`, `search`.
    let columns: [SQLValue]

    init(_ content: ResourceContent, _ kind: ResourceKind) throws(SCIMError) {
        userNameKey = try content.userNameKey()
        let displayName = content.displayName.flatMap { $0.isEmpty ? nil : CaseFold.key(of: $0) }
        columns = [
            .optional(userNameKey), .optional(displayName), .optional(content.externalID),
            content.attributes["active"]?.bool.map { .integer($0 ? 1 : 0) } ?? .null,
            .text(JSONValue.object(content.attributes).compactText),
            .text(SearchDocument.make(content, kind).compactText),
        ]
    }
}
