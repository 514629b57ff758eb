import AccessModel

/// A rule of `birthright.yaml`: whom it matches, and which accounts and baseline groups they have.
public struct BirthrightRule: Sendable {
    public var name: String
    /// All must hold; each value is one of the alternatives, compared exactly.
    public var match: [Condition]
    public var accounts: [Slug]
    public var groups: [BaselineGroup]
    public var place: SourceLocation

    public struct Condition: Sendable, Hashable {
        public enum Attribute: String, Sendable, CaseIterable {
            case type, department, title, location
        }
        public var attribute: Attribute
        public var values: [String]

        public init(attribute: Attribute, values: [String]) {
            self.attribute = attribute
            self.values = values
        }
    }

    public struct BaselineGroup: Sendable, Hashable {
        public var target: Slug
        public var name: String

        public init(target: Slug, name: String) {
            self.target = target
            self.name = name
        }
    }

    public init(
        name: String, match: [Condition], accounts: [Slug] = [], groups: [BaselineGroup] = [], place: SourceLocation
    ) {
        self.name = name
        self.match = match
        self.accounts = accounts
        self.groups = groups
        self.place = place
    }
}
