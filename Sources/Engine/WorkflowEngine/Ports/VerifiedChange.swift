import AccessModel
import Persistence

/// A change that was seen to hold by reading its target back.
public struct VerifiedChange: Sendable, Hashable {
    public let caseID: String
    public let change: Change
    public let at: Instant

    public init(caseID: String, change: Change, at: Instant) {
        self.caseID = caseID
        self.change = change
        self.at = at
    }
}

/// Runs in the very transaction that marks changes as verified: who holds what, what is owned, follows there. One that
/// throws undoes the transaction, and the changes are read back again later.
public typealias VerificationObserver = @Sendable ([VerifiedChange], any SQLSession) throws -> Void
