import AccessModel
import AuditTrail
import Definitions
import Persistence
import Planning
import Policies
import StrictJSON
import WorkflowEngine

/// What follows from a survey and is written down before anything is done.
struct Decision {
    let survey: Survey
    let context: LifecycleContext
    let workflow: Workflow
    /// What earlier cases are carrying out already.
    let underway: [Workflow.Underway]

    struct Written: Sendable {
        let openings: [CaseOpening]
        let holds: [String]
    }

    func write(_ session: any SQLSession, _ records: inout [Record]) throws -> Written {
        try bringIntoForce(session, &records)
        try keepUp(session)
        try noteWhatWasSeen(session, &records)
        records.append(
            .planDecided(context.record(), hash: survey.plan.hash, verdict: survey.judgement.verdict))
        let openings = try sortIntoCases(session)
        try noteFarewells(openings, session)
        let holds = try openHolds(session, &records)
        try countRemovals(session)
        try SettingsStore(session).set(.lastApply, to: context.now)
        return Written(openings: openings, holds: holds)
    }

    private func bringIntoForce(_ session: any SQLSession, _ records: inout [Record]) throws {
        let store = DefinitionStore(session)
        guard try store.current() != survey.definitions.revision else { return }
        let files = survey.definitions.files
        try store.apply(survey.definitions.revision, files: files, at: context.now, actor: context.actor)
        records.append(
            .definitionsApplied(
                context.record(), revision: survey.definitions.revision,
                files: try store.digests(of: survey.definitions.revision)))
    }

    /// First-seen entries, groups that are Tenure's from now on, accounts seen disabled.
    private func keepUp(_ session: any SQLSession) throws {
        let upkeep = survey.outcome.upkeep
        let bindings = BindingStore(session)
        try bindings.insert(
            upkeep.bindingsToRecord.map { key, binding in
                BindingStore.Binding(
                    tenant: key.tenant, list: key.list, address: key.address, person: binding.person,
                    firstSeen: binding.firstSeen)
            })
        try bindings.remove(
            upkeep.bindingsToForget.map { key in
                BindingStore.Entry(tenant: key.tenant, list: key.list, address: key.address)
            })
        let ownership = OwnershipStore(session)
        for (target, groups) in upkeep.groupsTakenOver { try ownership.own(.group, groups, in: target) }
        for (target, people) in upkeep.disabledSeen {
            for person in people { try ownership.setDisabled(person, in: target, since: context.now) }
        }
        for (target, people) in upkeep.disabledGone {
            for person in people { try ownership.clearDisabled(person, in: target) }
        }
    }

    /// Each target that was read, with its drift: what Tenure had seen there and is gone, and what nobody wanted.
    private func noteWhatWasSeen(_ session: any SQLSession, _ records: inout [Record]) throws {
        let store = HoldingStore(session)
        let changes = Dictionary(grouping: survey.plan.changes, by: \.target)
        for sight in survey.sights {
            guard let observation = sight.observation else { continue }
            let own = changes[sight.target] ?? []
            let known = try store.holdings(.open(in: sight.target, of: survey.person))
            let held = Set(known.map(\.fact.key))
            let missing = own.count { $0.operation == .add && held.contains($0.fact.key) }
            try see(observation, in: sight.target, store)
            let extra = own.count { $0.causes.contains(.drift) }
            records.append(
                .targetObserved(
                    context.ownRecord(about: sight.target.text), target: sight.target,
                    isComplete: observation.isComplete, facts: observation.facts.count, missing: missing, extra: extra))
        }
    }

    /// What was seen is what is known from now on; why it should be there stands as it was written.
    private func see(_ observation: TargetObservation, in target: Slug, _ store: HoldingStore) throws {
        let scope: HoldingScope =
            if !observation.isComplete {
                .nothing
            } else if let person = survey.person {
                .only(identities: [.person(person)], groups: [])
            } else {
                .everything
            }
        try store.observe(observation.facts.map { SeenFact($0) }, in: target, scope: scope, at: context.now)
    }

    private func sortIntoCases(_ session: any SQLSession) throws -> [CaseOpening] {
        let changes = survey.judgement.approved.changes
        try workflow.hasten(changes, at: context.now, in: session)
        guard !changes.isEmpty else { return [] }
        var heard: [Cause: Instant] = [:]
        for event in try PeopleStore(session).events() {
            heard[.event(source: event.source, id: event.id, type: event.type)] = event.receivedAt
        }
        var imported: [Instant: Instant] = [:]
        for snapshot in try PeopleStore(session).snapshots() { imported[snapshot.asOf] = snapshot.importedAt }
        let sorter = CaseSorter(
            roster: survey.roster, lastApply: try SettingsStore(session).instant(.lastApply), now: context.now,
            heardAt: { cause in
                if case .snapshot(let asOf, _) = cause { return imported[asOf] }
                return heard[cause]
            }, newID: context.newID)
        return sorter.openings(changes).compactMap(withoutUnderway)
    }

    /// What an interrupted apply decided is carried on by its own case. Only another leaver's case counts for a
    /// leaver: any other may be cancelled.
    private func withoutUnderway(_ opening: CaseOpening) -> CaseOpening? {
        guard context.defences.contains(.idempotencyKey) else { return opening }
        let mine = underway.filter { opening.kind != .leaver || $0.kind == .leaver }
        let known = Dictionary(grouping: mine.map(\.change), by: \.id)
        let changes = opening.changes.filter { change in
            !(known[change.id] ?? []).contains { $0.operation == change.operation && $0.fact == change.fact }
        }
        guard !changes.isEmpty else { return nil }
        return CaseOpening(
            id: opening.id, kind: opening.kind, identity: opening.identity, causedAt: opening.causedAt,
            changes: changes, source: opening.source)
    }

    /// Leavers whose going is not proven yet: this apply's, and those of applies that were interrupted.
    private func noteFarewells(_ openings: [CaseOpening], _ session: any SQLSession) throws {
        let store = FarewellList(session)
        try store.set(try store.caseIDs() + openings.filter { $0.kind == .leaver }.map(\.id))
    }

    /// One hold for what a guard keeps back; the same changes held again are the same hold.
    private func openHolds(_ session: any SQLSession, _ records: inout [Record]) throws -> [String] {
        let held = survey.plan.changes.filter(\.isHeld)
        guard !held.isEmpty else { return [] }
        let hold = PlanHold(changes: held)
        let store = HoldStore(session)
        let waiting = try store.holds(.open).first {
            $0.kind == PlanHold.kind && PlanHold($0.body)?.changes == hold.changes
        }
        if let waiting { return [waiting.id] }
        let id = "hold-\(context.newID())"
        try store.open(id: id, kind: PlanHold.kind, at: context.now, by: context.actor, body: hold.body)
        records.append(
            .holdOpened(
                context.record(), hold: id, reason: hold.reason, detail: hold.body.object ?? JSONObject()))
        return [id]
    }

    private func countRemovals(_ session: any SQLSession) throws {
        let store = HoldStore(session)
        let counted = survey.judgement.approved.changes.filter(\.isCounted)
        for (target, changes) in Dictionary(grouping: counted, by: \.target) {
            var memberships: [String: Int] = [:]
            for change in changes {
                guard let person = change.identity?.description else { continue }
                memberships[person, default: 0] += change.fact.kind == .membership ? 1 : 0
            }
            try store.recordRemovals(memberships.keys, memberships: memberships, scope: target.text, at: context.now)
        }
        try store.pruneRemovals(until: context.now - .hours(2))
    }
}

extension SettingsStore.Name {
    /// When a plan was last applied.
    static let lastApply = SettingsStore.Name("apply.last")
}
