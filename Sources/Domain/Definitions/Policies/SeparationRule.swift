import AccessModel

/// Groups of which nobody may hold two at a time: an entry of `separation_of_duties` in `platform.yaml`.
public struct SeparationRule: Sendable, Hashable {
    public var name: Slug
    /// Slugs of groups, two at least.
    public var groups: [String]
    public var place: SourceLocation

    public init(name: Slug, groups: [String], place: SourceLocation) {
        self.name = name
        self.groups = groups
        self.place = place
    }
}
