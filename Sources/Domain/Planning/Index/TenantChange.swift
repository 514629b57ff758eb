import AccessModel
import Definitions

/// What a changed file does to one tenant.
public struct TenantChange: Sendable {
    public let name: Slug
    /// As it is in force; nil for a file that is new.
    public let before: Tenant?
    /// Nil for a file that is gone.
    public let after: Tenant?

    public init(name: Slug, before: Tenant?, after: Tenant?) {
        self.name = name
        self.before = before
        self.after = after
    }
}
