import AccessModel
import AuditTrail
import Definitions
import Persistence
import Planning
import Policies
import WorkflowEngine

/// What follows from a survey and is written down before anything is done: which definitions count from now on, what
/// was seen, and which cases carry the plan out.
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

    /// Writes what was known, what was decided, and what a guard kept back, all in the caller's transaction: if one of
    /// it cannot be written, none of it is.
    func write(_ session: any SQLSession, _ records: inout [Record]) throws -> Written {
        try bringIntoForce(session, &records)
        try keepUp(session)
        try Sightings(survey: survey, context: context).write(session, &records)
        try WindowProgress(context: context, session: session).note(
            survey.windows, lost: survey.outcome.upkeep.lostGrants, &records)
        let recorded = survey.review.recorded
        records.append(
            .planDecided(
                context.record(), hash: survey.plan.hash, verdict: survey.judgement.verdict,
                decisions: recorded.whole, others: recorded.others, omitted: recorded.omitted))
        let openings = try sortIntoCases(session)
        try noteFarewells(openings, session)
        let holds = try GuardedRemovals(survey: survey, context: context).write(session, &records)
        // A plan for one person says nothing of what is due to the others.
        if survey.person == nil { try SettingsStore(session).set(.lastApply, to: context.now) }
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
        try bindings.forget(
            upkeep.bindingsToForget.map { key in
                BindingStore.Entry(tenant: key.tenant, list: key.list, address: key.address)
            }, at: context.now)
        let ownership = OwnershipStore(session)
        for (target, groups) in upkeep.groupsTakenOver { try ownership.own(.group, groups, in: target) }
        for (target, people) in upkeep.disabledSeen {
            for person in people { try ownership.setDisabled(person, in: target, since: context.now) }
        }
        for (target, people) in upkeep.disabledGone {
            for person in people { try ownership.clearDisabled(person, in: target) }
        }
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
            }, lastCase: { try workflow.lastOpened(of: $0, in: session) }, newID: context.newID,
            emergencies: Set(survey.windows.windows.lazy.filter(\.isEmergency).map(\.id)))
        let known = Dictionary(grouping: underway, by: \.change.id)
        return try sorter.openings(changes).compactMap { without(known, $0) }
    }

    /// What an interrupted apply decided is carried on by its own case, and what comes after it waits for that case.
    /// Only another leaver's case counts for a leaver: any other may be cancelled.
    private func without(_ underway: [String: [Workflow.Underway]], _ opening: CaseOpening) -> CaseOpening? {
        guard context.defences.contains(.idempotencyKey) else { return opening }
        let changes = opening.changes.filter { change in
            !(underway[change.id] ?? []).contains { older in
                (opening.kind != .leaver || older.kind == .leaver) && older.change.fact == change.fact
            }
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
}

extension SettingsStore.Name {
    /// When a whole plan was last applied.
    static let lastApply = SettingsStore.Name("apply.last")
}
