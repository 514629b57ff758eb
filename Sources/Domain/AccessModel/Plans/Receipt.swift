/// What a connector hands back for a change. It holds no secret.
public struct Receipt: Hashable, Sendable {
    public enum Effect: String, Sendable {
        /// The target was changed.
        case applied
        /// Somebody else was asked to change it: a pull request waits for its merge. It holds once they have.
        case proposed
        /// It was so already: a 409 on an add, a 404 on a remove.
        case alreadyHeld = "already_held"
    }

    public let effect: Effect
    /// The target's own id of the request, or of the object; what its operators can search their logs for.
    public let requestID: String?
    public let at: Instant
    /// What was seen, in a few words for a person.
    public let note: String

    public init(effect: Effect, requestID: String?, at: Instant, note: String = "") {
        self.effect = effect
        self.requestID = requestID
        self.at = at
        self.note = note
    }
}
