import AccessModel
import AuditTrail
import ConnectorKit

/// Opens and closes a sealed window in its target, with nothing but its file, the organisation's files and the target.
///
/// A receipt is on disk before the target is told of anything, and another once it was read back. So whatever dies in
/// between leaves a use that is begun, which the same command goes on with, and never a second one.
public struct SealedWindow {
    let note: SealedNote
    let target: ConnectedTarget
    let receipts: ReceiptFile
    let actor: String
    let now: () -> Instant

    public init(
        _ note: SealedNote, target: ConnectedTarget, receipts: ReceiptFile, actor: String,
        now: @escaping () -> Instant
    ) {
        self.note = note
        self.target = target
        self.receipts = receipts
        self.actor = actor
        self.now = now
    }

    private var grant: SealedGrant { note.grant }

    // MARK: Opening

    /// Opens it, and returns once the target was read back.
    ///
    /// - Throws: ``LifecycleError`` `denied` for one that was used or whose time is over, before anything is written;
    ///   ``ConnectorError`` of the target.
    public func open() async throws -> SealedUse {
        try checkUse()
        let connector = try target.connector.get()
        let sight = try await look(connector)
        guard let account = sight.account else {
            throw denied("\(grant.person) has no account in \(grant.target)")
        }
        guard account.state == .active else {
            throw denied("the account of \(grant.person) in \(grant.target) is disabled")
        }
        let begun = now()
        let window = receipts.use.window ?? begun..<(begun + grant.duration)
        let wasHeld = receipts.use.state == .unused ? sight.isMember : receipts.use.wasHeld
        if receipts.use.state == .unused {
            try write(.opening, window, wasHeld: wasHeld, "")
        }
        do {
            let receipt = try await connector.apply(change(.add, account), context: context("open"))
            guard try await look(connector).isMember else {
                throw ConnectorError(
                    code: .incomplete, operation: "read \(grant.groupSlug) back", message: "the member is not there")
            }
            try write(.opened, window, wasHeld: wasHeld, receipt.requestID ?? receipt.note)
        } catch let error as ConnectorError {
            let isAbsent = await isProvenAbsent(connector)
            try write(.failed, window, wasHeld: wasHeld, isProvenAbsent: isAbsent, error.description)
            throw error
        }
        return receipts.use
    }

    private func checkUse() throws {
        let use = receipts.use
        switch use.state {
        case .unused:
            guard now() < grant.validUntil else { throw denied("it was valid until \(grant.validUntil)") }
            guard now() >= grant.sealedAt else {
                throw denied("it was sealed at \(grant.sealedAt), and the clock here is before that")
            }
        case .opening:
            guard let window = use.window, now() < window.upperBound else {
                throw denied(
                    "it was begun, and its time is over; `tenure break-glass close` makes sure that it is closed")
            }
        case .open: throw denied("it is open until \(use.window?.upperBound.description ?? ""); it can be used once")
        case .closing, .closed: throw denied("it was used, and can be used once")
        }
    }

    // MARK: Closing

    /// Closes it, at its end or before, and returns once the target was read back. Who stood in the group before stays
    /// there. One that is closed already stays so.
    public func close() async throws -> SealedUse {
        let use = receipts.use
        guard let window = use.window else { throw denied("it is not open: it was not used") }
        guard use.state != .closed else { return use }
        let connector = try target.connector.get()
        if use.state != .closing { try write(.closing, window, wasHeld: use.wasHeld, "") }
        guard !use.wasHeld else {
            try write(.closed, window, wasHeld: true, "stood in the group before, and stays")
            return receipts.use
        }
        do {
            let account = try await look(connector).account
            let fallback = Account(
                identity: .person(grant.person), name: grant.addresses[0].text, state: .active)
            let receipt = try await connector.apply(
                change(.remove, account ?? fallback), context: context("close"))
            guard try await look(connector).isProvenAbsent else {
                throw ConnectorError(
                    code: .incomplete, operation: "read \(grant.groupSlug) back",
                    message: "it is not proven that the member is gone")
            }
            try write(.closed, window, wasHeld: false, receipt.requestID ?? receipt.note)
        } catch let error as ConnectorError {
            try write(.closingFailed, window, wasHeld: false, error.description)
            throw error
        }
        return receipts.use
    }

    // MARK: The target

    private struct Sight {
        let account: Account?
        let isMember: Bool
        /// The listing is whole, and the person is not in it.
        let isProvenAbsent: Bool
    }

    private func look(_ connector: any Connector) async throws(ConnectorError) -> Sight {
        let identity = IdentityID.person(grant.person)
        let observation = try await connector.observe(
            .only(
                identities: [identity], accountNames: Set(grant.addresses.map(\.text)), groups: [grant.groupSlug]))
        var account: Account?
        var isMember = false
        for fact in observation.facts {
            switch fact {
            case .account(let seen) where seen.identity == identity: account = seen
            case .membership(let seen) where seen.identity == identity && seen.group == grant.groupSlug:
                isMember = true
            default: break
            }
        }
        return Sight(
            account: account, isMember: isMember,
            isProvenAbsent: !isMember && observation.completeness == .complete)
    }

    private func isProvenAbsent(_ connector: any Connector) async -> Bool {
        do throws(ConnectorError) {
            return try await look(connector).isProvenAbsent
        } catch {
            return false
        }
    }

    private func change(_ operation: Change.Operation, _ account: Account) -> Change {
        let fact = Fact.membership(
            Membership(
                group: grant.groupSlug, notation: grant.group, identity: account.identity, account: account.name))
        let until = receipts.use.window?.upperBound ?? grant.validUntil
        return Change(
            target: grant.target, operation: operation, lane: operation == .remove ? .revoke : .grant, fact: fact,
            before: operation == .remove ? fact : nil, causes: [.grant(id: grant.id, until: until)], risk: 0, stage: 0)
    }

    private func context(_ step: String) -> ApplyContext {
        ApplyContext(idempotencyKey: "\(grant.id)-\(step)", fencingToken: 0, attempt: 1)
    }

    private func write(
        _ event: SealedReceipt.Event, _ window: Range<Instant>, wasHeld: Bool, isProvenAbsent: Bool = false,
        _ note: String
    ) throws {
        var next = receipts.use
        let receipt = next.append(
            event, at: now(), actor: actor, window: window, wasHeld: wasHeld, isProvenAbsent: isProvenAbsent,
            note: note)
        try receipts.append(receipt, as: next)
    }

    private func denied(_ message: String) -> LifecycleError {
        LifecycleError(code: .denied, operation: "use \(grant.id)", message: message)
    }
}
