/// One file of the organisation, as it was read.
public struct DefinitionFile: Sendable {
    /// Relative to the organisation's root, with `/` between its parts: `tenants/payments.yaml`.
    public let path: String
    public let bytes: [UInt8]
    /// It is, or was, in force: characters that are refused in what is new do not put it out of force, since nobody could
    /// be let go by it any more.
    public let wasApplied: Bool

    public init(path: String, bytes: [UInt8], wasApplied: Bool = false) {
        self.path = path
        self.bytes = bytes
        self.wasApplied = wasApplied
    }

    public init(path: String, text: String) { self.init(path: path, bytes: Array(text.utf8)) }
}
