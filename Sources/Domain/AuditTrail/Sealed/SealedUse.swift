import AccessModel

/// The receipts of one sealed grant, and how far its one use has come.
public struct SealedUse: Hashable, Sendable {
    public enum State: Hashable, Sendable {
        case unused
        /// It was begun, and what came of it is not known: it may be open.
        case opening
        case open
        /// It was begun to close it: it may be open still.
        case closing
        case closed
    }

    public let grant: SealedGrant
    public private(set) var receipts: [SealedReceipt] = []

    public init(_ grant: SealedGrant) { self.grant = grant }

    /// Reads whole lines, each of which names the one before it.
    public init(_ grant: SealedGrant, reading bytes: [UInt8]) throws(AuditError) {
        self.init(grant)
        for line in bytes.split(separator: lineFeed) {
            guard let receipt = SealedReceipt(line: line), receipt.seq == receipts.count, receipt.previous == head
            else {
                throw AuditError(
                    code: .record, operation: "read the receipts of \(grant.id)",
                    message: "line \(receipts.count + 1) is not the one that follows; the file was altered, or is of "
                        + "another grant")
            }
            receipts.append(receipt)
        }
    }

    /// What the next line names.
    public var head: MerkleHash { receipts.last?.digest ?? grant.digest }

    public var state: State {
        guard let last = receipts.last else { return .unused }
        switch last.event {
        case .opening: return .opening
        case .opened: return .open
        case .failed: return last.isProvenAbsent ? .unused : .opening
        case .closing, .closingFailed: return .closing
        case .closed: return .closed
        }
    }

    /// From when to when the use counts; nil while there is none.
    public var window: Range<Instant>? {
        guard state != .unused, let last = receipts.last else { return nil }
        return last.from..<max(last.from, last.until)
    }

    /// Whether the person stood in the group before.
    public var wasHeld: Bool { receipts.last?.wasHeld ?? false }

    /// The next line, which is part of it from now on.
    public mutating func append(
        _ event: SealedReceipt.Event, at: Instant, actor: String, window: Range<Instant>, wasHeld: Bool,
        isProvenAbsent: Bool = false, note: String
    ) -> SealedReceipt {
        let receipt = SealedReceipt(
            seq: receipts.count, previous: head, at: at, event: event, actor: actor, from: window.lowerBound,
            until: window.upperBound, wasHeld: wasHeld, isProvenAbsent: isProvenAbsent, note: note)
        receipts.append(receipt)
        return receipt
    }
}
