import AuditTrail
import Lifecycle

/// What shows how a sealed grant was used: the grant as it was signed, and the receipts that were written beside it.
public struct SealedEvidence: Sendable {
    public let note: SealedNote
    public let use: SealedUse
    private let grantBytes: [UInt8]
    private let receiptBytes: [UInt8]

    /// - Parameter file: The sealed grant's; its receipts are beside it.
    public init(of file: String) throws {
        try self.init(
            grant: try SealedFile.contents(file, "the sealed grant"),
            receipts: try ReceiptFile.lines(ReceiptFile.path(beside: file)))
    }

    /// - Throws: `AuditError` for what is no sealed grant, or for receipts that are not its own, in their order.
    public init(grant: [UInt8], receipts: [UInt8]) throws(AuditError) {
        note = try SealedNote(reading: grant)
        use = try SealedUse(note.grant, reading: receipts)
        grantBytes = grant
        receiptBytes = receipts
    }

    /// Both as they are in their files; whoever reads other bytes than UTF-8 finds that they are not the grant's.
    public var grantText: String { String(decoding: grantBytes, as: UTF8.self) }
    public var receiptsText: String { String(decoding: receiptBytes, as: UTF8.self) }
}
