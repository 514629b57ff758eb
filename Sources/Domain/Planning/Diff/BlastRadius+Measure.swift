import AccessModel

extension BlastRadius {
    /// What the changes reach, without ``lastAdminLosses``, which the changes alone do not tell.
    public init(of changes: [Change]) {
        self.init()
        var people = Set<IdentityID>()
        var groups = Set<String>()
        var targets = Set<Slug>()
        var last: (group: String?, target: Slug?) = (nil, nil)
        for number in changes.indices {
            if let identity = changes[number].identity { people.insert(identity) }
            // Changes of one group, and all the more of one target, stand together.
            if let group = changes[number].fact.groupSlug, group != last.group {
                groups.insert(group)
                last.group = group
            }
            if changes[number].target != last.target {
                targets.insert(changes[number].target)
                last.target = changes[number].target
            }
            switch changes[number].operation {
            case .add: adds += 1
            case .remove: removes += 1
            case .update: updates += 1
            }
            score += changes[number].risk
        }
        identities = people.count
        self.groups = groups.count
        self.targets = targets.count
    }
}
