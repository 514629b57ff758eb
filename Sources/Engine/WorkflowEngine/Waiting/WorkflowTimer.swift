import AccessModel
import StrictJSON

/// Something that is to happen at a time, kept in the database until it has.
public struct WorkflowTimer: Hashable, Sendable {
    /// Chosen by whoever schedules it; scheduling it again moves it.
    public let id: String
    public let fireAt: Instant
    public let kind: String
    public let payload: JSONValue

    public init(id: String, fireAt: Instant, kind: String, payload: JSONValue) {
        self.id = id
        self.fireAt = fireAt
        self.kind = kind
        self.payload = payload
    }
}
