import AccessModel
import Definitions

/// Which groups, roles and trusts one target should hold: what follows from the files alone.
///
/// A slot is a group's number within the target. Readers of one tenant share a slot where they span tiers.
struct TargetLayout: Sendable {
    struct Slot: Sendable {
        let slug: String
        /// Nil for a baseline group.
        let notation: Group?
        let isLive: Bool
        var causes: [CauseID]
    }

    struct Pinned: Sendable {
        let fact: Fact
        var causes: [CauseID]
    }

    let target: TargetDefinition
    let abilities: TargetAbilities
    private(set) var slots: [Slot] = []
    /// Group -> slot; `UInt32.max` where the target does not hold it.
    private(set) var slotOfGroup: [UInt32] = []
    /// For each rule, the slots of its baseline groups here.
    private(set) var baselineSlots: [[UInt32]] = []
    /// Rules that give an account here.
    private(set) var accountRules: [Bool] = []
    /// Role assignments and trusts.
    private(set) var pinned: [Pinned] = []
    /// Workloads whose secret it keeps.
    private(set) var secrets: [Int] = []
    private(set) var notes: [PlanNote] = []
    private var slotOfSlug: [String: UInt32] = [:]

    static let noSlot = UInt32.max

    init(_ target: TargetDefinition, abilities: TargetAbilities, index: OrganizationIndex) {
        self.target = target
        self.abilities = abilities
        slotOfGroup = Array(repeating: Self.noSlot, count: index.groups.count)
        if holds(.group) { addGroups(index) }
        addRules(index)
        if holds(.roleAssignment) { addRoles(index) }
        if holds(.federatedTrust) { addTrusts(index) }
        if abilities.keepsWorkloadSecrets { secrets = index.workloads.indices.filter { keepsSecret(of: $0, index) } }
    }

    func holds(_ kind: Fact.Kind) -> Bool { abilities.kinds.contains(kind) }

    /// Targets differ in whether they keep the case of a name; two groups never differ in it alone.
    func slot(ofSlug slug: String) -> UInt32? { slotOfSlug[foldedASCII(slug)] }

    // MARK: Groups

    private mutating func addGroups(_ index: OrganizationIndex) {
        var wanted = index.groups.indices.map { number in
            let group = index.groups[number]
            return group.sectors.contains {
                target.covers.covers(sector: $0, tier: group.group.tier, tenant: group.group.tenant)
            }
        }
        // A read of another sector needs its group where the role is assigned.
        if holds(.roleAssignment) { for read in index.reads where covers(read.read) { wanted[Int(read.group)] = true } }
        let spansTiers = index.organization.platform.naming.crossTierReaders
        for number in index.groups.indices where wanted[number] {
            let group = index.groups[number]
            add(group, number: UInt32(number), mayShare: spansTiers && group.group.role == .reader, in: index)
        }
    }

    private mutating func add(
        _ group: IndexedGroup, number: UInt32, mayShare: Bool, in index: OrganizationIndex
    ) {
        let folded = foldedASCII(group.slug)
        let cause = CauseID(.group, number)
        if let slot = slotOfSlug[folded] {
            let other = slots[Int(slot)]
            guard mayShare, other.notation?.tenant == group.group.tenant, other.notation?.role == .reader else {
                collide(group.slug, what: "\(group.group)", with: other, place: group.place)
                return
            }
            slotOfGroup[Int(number)] = slot
            // The notation that it is shown and weighed by is that of a live tier where it spans one.
            let isLiver = group.isLive && !other.isLive
            slots[Int(slot)] = Slot(
                slug: other.slug, notation: isLiver ? group.group : other.notation,
                isLive: other.isLive || group.isLive, causes: other.causes + [cause])
        } else if fits(group.slug, place: group.place) {
            slotOfGroup[Int(number)] = UInt32(slots.count)
            append(Slot(slug: group.slug, notation: group.group, isLive: group.isLive, causes: [cause]), folded)
        }
    }

    private mutating func append(_ slot: Slot, _ folded: String) {
        slotOfSlug[folded] = UInt32(slots.count)
        slots.append(slot)
    }

    private mutating func fits(_ slug: String, place: SourceLocation) -> Bool {
        guard slug.utf8.count > abilities.maximumGroupNameLength else { return true }
        notes.append(
            PlanNote(
                severity: .error, code: "slug-too-long",
                message: "`\(slug)` has \(slug.utf8.count) bytes, target `\(target.name)` takes "
                    + "\(abilities.maximumGroupNameLength); shorten the name or the naming template",
                place: place))
        return false
    }

    private mutating func collide(_ slug: String, what: String, with other: Slot, place: SourceLocation) {
        let holder = other.notation.map { "\($0)" } ?? "a baseline group"
        notes.append(
            PlanNote(
                severity: .error, code: "slug-collision",
                message: "\(what) would be called `\(slug)` in target `\(target.name)`, as \(holder) is; "
                    + "rename one of them",
                place: place))
    }

    // MARK: Birthright

    private mutating func addRules(_ index: OrganizationIndex) {
        let holdsGroups = holds(.group) && holds(.membership)
        for (number, rule) in index.rules.enumerated() {
            accountRules.append(holds(.account) && rule.accounts.contains(target.name))
            baselineSlots.append([])
            guard holdsGroups else { continue }
            for group in rule.groups where group.target == target.name {
                add(baseline: group.name, rule: number, place: rule.place)
            }
        }
    }

    private mutating func add(baseline name: String, rule: Int, place: SourceLocation) {
        let folded = foldedASCII(name)
        let cause = CauseID(.rule, UInt32(rule))
        if let slot = slotOfSlug[folded] {
            guard slots[Int(slot)].notation == nil else {
                collide(name, what: "baseline group `\(name)`", with: slots[Int(slot)], place: place)
                return
            }
            baselineSlots[rule].append(slot)
            slots[Int(slot)].causes.append(cause)
        } else if fits(name, place: place) {
            baselineSlots[rule].append(UInt32(slots.count))
            append(Slot(slug: name, notation: nil, isLive: false, causes: [cause]), folded)
        }
    }

    // MARK: Roles and trusts

    private func covers(_ read: CrossSectorRead) -> Bool {
        target.covers.covers(sector: read.targetSector, tier: read.targetTier, tenant: nil)
    }

    private mutating func addRoles(_ index: OrganizationIndex) {
        for (number, group) in index.groups.enumerated() {
            for sector in group.sectors
            where target.covers.covers(sector: sector, tier: group.group.tier, tenant: group.group.tenant) {
                let scope = Coordinate(
                    sector: .exactly(sector), tier: .exactly(group.group.tier), tenant: .exactly(group.group.tenant))
                pin(role: group.group.role, of: group, scope: scope, cause: CauseID(.group, UInt32(number)))
            }
        }
        for (number, read) in index.reads.enumerated() where covers(read.read) {
            let scope = Coordinate(sector: .exactly(read.read.targetSector), tier: .exactly(read.read.targetTier))
            pin(
                role: .reader, of: index.groups[Int(read.group)], scope: scope,
                cause: CauseID(.read, UInt32(number)))
        }
    }

    /// The scope is cut to what the target covers.
    private mutating func pin(role: Role, of group: IndexedGroup, scope: Coordinate, cause: CauseID) {
        var scope = scope
        if scope.region == .all { scope.region = exact(target.covers.region) }
        if scope.tenant == .all { scope.tenant = exact(target.covers.tenant) }
        pin(
            .roleAssignment(
                RoleAssignment(
                    group: group.slug, notation: group.group, role: role.rawValue, scope: scope.description)), cause)
    }

    private func exact(_ dimension: Coordinate.Dimension) -> Coordinate.Dimension {
        if case .exactly = dimension { dimension } else { .all }
    }

    private mutating func addTrusts(_ index: OrganizationIndex) {
        for (number, workload) in index.workloads.enumerated() where workload.secretTimeToLive == nil {
            guard let group = coveredGroup(of: workload, index) else { continue }
            let trust = FederatedTrust(
                group: group.slug, notation: group.group, issuer: workload.issuer, subject: workload.subject,
                audience: workload.audience)
            pin(.federatedTrust(trust), CauseID(.workload, UInt32(number)))
        }
    }

    /// The operators that a workload is one of, if the target covers them.
    private func coveredGroup(of workload: Workload, _ index: OrganizationIndex) -> IndexedGroup? {
        let group = Group(tenant: workload.tenant, tier: workload.tier, role: .operator)
        guard let indexed = index.groupIndices[group].map({ index.groups[Int($0)] }),
            indexed.sectors.contains(where: {
                target.covers.covers(sector: $0, tier: group.tier, tenant: group.tenant)
            })
        else { return nil }
        return indexed
    }

    private func keepsSecret(of number: Int, _ index: OrganizationIndex) -> Bool {
        let workload = index.workloads[number]
        return workload.secretTimeToLive != nil && coveredGroup(of: workload, index) != nil
    }

    private mutating func pin(_ fact: Fact, _ cause: CauseID) {
        pinned.append(Pinned(fact: fact, causes: [cause]))
    }

    /// Sorts what is pinned by its key, one fact a key with all its causes.
    mutating func settle() {
        var merged: [String: Pinned] = [:]
        for pin in pinned { merged[pin.fact.key, default: Pinned(fact: pin.fact, causes: [])].causes += pin.causes }
        pinned = merged.sorted { $0.key < $1.key }.map(\.value)
    }
}

/// In lower case where that is ASCII's business; everything else as it is.
func foldedASCII(_ text: String) -> String {
    guard text.utf8.contains(where: \.isUppercaseLetter) else { return text }
    return String(decoding: text.utf8.map { $0.isUppercaseLetter ? $0 + 32 : $0 }, as: UTF8.self)
}
