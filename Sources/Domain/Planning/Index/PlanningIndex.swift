import AccessModel
import Definitions

/// What planning needs beside its inputs and derives from them: built once, used for many plans.
///
/// It stays right while the organisation, the definitions before it, the abilities and the bindings are the same; the
/// roster, the grants and the clock may go on. ``Planner`` builds one where none is given.
public struct PlanningIndex: Sendable {
    let organization: OrganizationIndex
    let layouts: [TargetLayout]
    let bindings: BindingIndex
    let previous: Previous?

    /// The definitions that were last applied.
    struct Previous: Sendable {
        let organization: OrganizationIndex
        let layouts: [TargetLayout]
    }

    public init(_ input: PlanningInput) {
        organization = OrganizationIndex(input.organization)
        layouts = Self.layouts(of: organization, abilities: input.abilities)
        bindings = BindingIndex(input.recorded.bindings)
        previous = input.previous.flatMap { previous in
            guard previous.revision != input.organization.revision else { return nil }
            let index = OrganizationIndex(previous)
            return Previous(organization: index, layouts: Self.layouts(of: index, abilities: input.abilities))
        }
    }

    init(organization: OrganizationIndex, layouts: [TargetLayout], bindings: BindingIndex, previous: Previous?) {
        self.organization = organization
        self.layouts = layouts
        self.bindings = bindings
        self.previous = previous
    }

    init(previous: Previous, bindings: BindingIndex) {
        self.init(organization: previous.organization, layouts: previous.layouts, bindings: bindings, previous: nil)
    }

    /// A target whose abilities nobody knows holds nothing.
    static func layouts(of index: OrganizationIndex, abilities: [Slug: TargetAbilities]) -> [TargetLayout] {
        index.organization.targets.map { target in
            let known =
                abilities[target.name]
                ?? TargetAbilities(
                    kinds: [], holdsWorkloadMembers: false, holdsEmptyGroups: false, maximumGroupNameLength: 0)
            var layout = TargetLayout(target, abilities: known, index: index)
            layout.settle()
            return layout
        }
    }
}
