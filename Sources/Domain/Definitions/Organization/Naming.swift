import AccessModel

/// How a group is called in a target: a template of `{tenant}`, `{tier}`, `{role}` and `{roles}`.
public struct Naming: Sendable, Hashable {
    public var template: String
    /// One group `{tenant}-readers` spans all tiers.
    public var crossTierReaders: Bool

    public init(template: String = "{tenant}-{tier}-{roles}", crossTierReaders: Bool = false) {
        self.template = template
        self.crossTierReaders = crossTierReaders
    }
}
