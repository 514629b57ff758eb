import AccessModel

extension BlastRadius {
    /// What the changes reach, without ``lastAdminLosses``, which the changes alone do not tell.
    init(of changes: [Change]) {
        self.init()
        var people = Set<IdentityID>()
        var groups = Set<String>()
        var targets = Set<Slug>()
        for change in changes {
            if let identity = change.identity { people.insert(identity) }
            if let group = change.fact.groupSlug { groups.insert(group) }
            targets.insert(change.target)
            switch change.operation {
            case .add: adds += 1
            case .remove: removes += 1
            case .update: updates += 1
            }
            score += change.risk
        }
        identities = people.count
        self.groups = groups.count
        self.targets = targets.count
    }
}
