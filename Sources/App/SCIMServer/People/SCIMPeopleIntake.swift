import AccessModel
import AuditTrail
import Persistence

/// Takes in what SCIM clients push, as HR's word: the port between this module and the lifecycle.
public protocol SCIMPeopleIntake: Sendable {
    /// Called within the transaction that writes the resources, once for each of them. What it writes and what it records
    /// is committed with them, or not at all; when it throws, the client's request is refused: a ``SCIMError`` as it is,
    /// anything else as an internal error. It may be called again for a transaction that is run again, and waits for
    /// nothing.
    func accept(
        _ changes: [SCIMPersonChange], client: SCIMClient, in session: any SQLSession, records: inout [Record]
    ) throws
}

/// Takes nothing in: people stay what the HR feed says, and what is pushed is kept as it is.
public struct SCIMPeopleIgnored: SCIMPeopleIntake {
    public init() {}

    public func accept(
        _ changes: [SCIMPersonChange], client: SCIMClient, in session: any SQLSession, records: inout [Record]
    ) throws {}
}
