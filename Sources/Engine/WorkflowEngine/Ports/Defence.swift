/// What keeps a crash from losing or doubling anything.
///
/// The product has all of them, always: nothing in it, no option and no variable, takes one away. Only a composition
/// inside of this package can; the crash test has one, to show that it would notice.
package enum Defence: String, CaseIterable, Sendable {
    /// An attempt is on record before its target is told.
    case journal
    /// What is on its way under one key is not decided a second time, under another.
    case idempotencyKey = "idempotency-key"
    /// A worker whose lease was taken over writes nothing.
    case fencing
    /// What a target holds is what it was seen to hold.
    case readBack = "read-back"
}
