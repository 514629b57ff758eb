import AccessModel
import AuditTrail
import Definitions
import Foundation
import Lifecycle
import Notices
import Persistence
import StrictJSON

/// What was taken in of a sealed grant's use.
public struct SealedIntake: Sendable {
    public let grant: SealedGrant
    public let use: SealedUse
    /// Receipts that the log did not have yet.
    public let added: Int
    public let signers: [EmailAddress]
    /// Why its signatures do not suffice by the definitions in force; nil where they do.
    public let problem: String?
    /// The log has other receipts of the same grant: a copy was used too, or they were altered.
    public let isReused: Bool

    public var json: JSONValue {
        [
            "grant": .string(grant.id), "state": .string("\(use.state)"), "added": .integer(Int64(added)),
            "signers": .array(signers.map { .string($0.text) }), "problem": problem.map { .string($0) } ?? .null,
            "reused": .bool(isReused),
        ]
    }
}

extension Installation {
    /// Takes what was done with a sealed grant while the control plane was down into the log, and its window into the
    /// windows: it then ends as any other does, and waits for its review. What the log has already is not taken twice.
    ///
    /// Receipts of a grant that was not signed by enough, or that was used twice, are in the log as such; its window is
    /// none, so that the next apply takes the access away.
    public func reconcileSealed(_ evidence: SealedEvidence) async throws -> SealedIntake {
        let (note, use) = (evidence.note, evidence.use)
        guard let organization = try await definitionsInForce()?.organization else {
            throw InstallationError(
                code: .missing, operation: "reconcile \(note.grant.id)", message: "no definitions were applied yet")
        }
        guard !use.receipts.isEmpty else {
            throw InstallationError(
                code: .missing, operation: "reconcile \(note.grant.id)", message: "it was not used; nothing to take in")
        }
        let judged = Self.judge(note, organization)
        let approvers = try await people(judged.signers)
        let reviewWithin = organization.platform.breakGlass?.reviewWithin ?? .hours(24)
        let taking = SealedTaking(
            context: context, note: note, use: use, signers: judged.signers, approvers: approvers,
            problem: judged.problem, reviewBy: now + reviewWithin,
            responders: organization.platform.breakGlass?.people.map(\.email) ?? [])
        return try await database.transact { session, records in try taking.write(session, &records) }
    }

    private struct Judged {
        let signers: [EmailAddress]
        let problem: String?
    }

    private static func judge(_ note: SealedNote, _ organization: Organization) -> Judged {
        do {
            return Judged(signers: try SealedRules(organization).check(note), problem: nil)
        } catch {
            let problem = (error as? LifecycleError)?.message ?? "\(error)"
            return Judged(signers: [], problem: problem)
        }
    }

    private func people(_ addresses: [EmailAddress]) async throws -> [PersonID] {
        let now = now
        let roster = try await database.read { session in try PeopleArchive(session).roster(at: now) }
        return addresses.flatMap { roster.bearers(of: $0).map(\.person.id) }
    }
}

/// The one transaction in which the use of a sealed grant becomes known.
private struct SealedTaking: Sendable {
    let context: LifecycleContext
    let note: SealedNote
    let use: SealedUse
    let signers: [EmailAddress]
    let approvers: [PersonID]
    let problem: String?
    let reviewBy: Instant
    let responders: [EmailAddress]

    private var grant: SealedGrant { note.grant }
    private var setting: SettingsStore.Name { SettingsStore.Name("breakglass.sealed.\(grant.id)") }
    private var record: RecordContext { context.record(about: grant.person.text) }

    func write(_ session: any SQLSession, _ records: inout [Record]) throws -> SealedIntake {
        let settings = SettingsStore(session)
        let known = try settings.value(setting).flatMap(Known.init)
        if let known, !known.isBeginning(of: use) {
            records.append(
                .breakGlassReused(
                    record, grant: grant.id, known: known.digest,
                    given: use.receipts.prefix(known.count).last?.digest.base64 ?? use.head.base64))
            try tell(session, isReused: true)
            return intake(added: 0, isReused: true)
        }
        let added = use.receipts.dropFirst(known?.count ?? 0)
        if known == nil {
            records.append(.breakGlassSealed(record, note, signers: signers, problem: problem))
            try tell(session, isReused: false)
        }
        for receipt in added { records.append(.breakGlassOffline(record, grant: grant.id, receipt: receipt)) }
        if problem == nil { try keepWindow(session, &records) }
        try settings.set(setting, to: "\(use.receipts.count) \(use.head.base64)")
        if !added.isEmpty { try settings.advanceGeneration() }
        return intake(added: added.count, isReused: false)
    }

    /// How many receipts the log has, and the digest of the last.
    private struct Known {
        let count: Int
        let digest: String

        init?(_ text: String) {
            let parts = text.split(separator: " ")
            guard parts.count == 2, let count = Int(parts[0]) else { return nil }
            self.count = count
            digest = String(parts[1])
        }

        func isBeginning(of use: SealedUse) -> Bool {
            use.receipts.count >= count && use.receipts[count - 1].digest.base64 == digest
        }
    }

    private func intake(added: Int, isReused: Bool) -> SealedIntake {
        SealedIntake(
            grant: grant, use: use, added: added, signers: signers, problem: problem, isReused: isReused)
    }

    // MARK: Windows

    private func keepWindow(_ session: any SQLSession, _ records: inout [Record]) throws {
        let store = WindowStore(session)
        if try store.window(grant.id) == nil {
            guard let times = use.window else { return }
            let window = AccessWindow(
                id: grant.id, request: nil, person: grant.person, group: grant.group, reason: grant.reason,
                approvedBy: approvers, isEmergency: true, askedAt: times.lowerBound, recordedAt: context.now,
                from: times.lowerBound, until: times.upperBound, state: .opening)
            try store.insert(window)
            try ActivationStore(session).insert(
                Activation(
                    id: grant.id, person: grant.person, group: grant.group, reason: grant.reason,
                    activatedAt: times.lowerBound, activatedBy: use.receipts.first?.actor ?? grant.person.text,
                    informed: [], reviewBy: reviewBy))
            records.append(
                .glassBroken(
                    record, window.mention, reason: grant.reason, isAsserted: true, reviewBy: reviewBy))
        }
        guard use.state == .closed, var window = try store.window(grant.id), window.closedAt == nil,
            let closed = use.receipts.last
        else { return }
        let ending = use.receipts.last { $0.event == .closing } ?? closed
        _ = try store.end(root: grant.id, at: ending.at)
        window.state = .closed
        window.closedAt = closed.at
        try store.advance([window])
        records.append(
            .accessWindow(.accessClosed, record, window.mention, targets: [grant.target.text], reason: "offline"))
    }

    // MARK: Notices

    private func tell(_ session: any SQLSession, isReused: Bool) throws {
        let times = use.window
        var data = JSONObject()
        data["window"] = .string(grant.id)
        data["person"] = .string(grant.person.text)
        data["group"] = .string(grant.group.path)
        data["target"] = .string(grant.target.text)
        data["reason"] = .string(grant.reason)
        data["start"] = times.map { .string($0.lowerBound.description) }
        data["until"] = times.map { .string($0.upperBound.description) }
        data["review_by"] = .string(reviewBy.description)
        data["by"] = .string(use.receipts.first?.actor ?? "")
        data["offline"] = true
        data["note"] = (isReused ? "a second use of one sealed grant" : problem).map { .string($0) }
        try NoticeOutbox(session).add(
            Notices.Notice(
                .breakGlassActivated, about: grant.id, at: context.now, newID: context.newID(),
                recipients: [.responders: responders.map { .address($0) }], data: .object(data)))
    }
}

extension AccessWindow {
    fileprivate var mention: WindowMention {
        WindowMention(
            id: id, request: request, person: person, group: group, from: from, until: until,
            isEmergency: isEmergency)
    }
}
