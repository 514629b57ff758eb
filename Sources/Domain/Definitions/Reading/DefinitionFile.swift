/// One file of the organisation, as it was read.
public struct DefinitionFile: Sendable {
    /// Relative to the organisation's root, with `/` between its parts: `tenants/payments.yaml`.
    public let path: String
    public let bytes: [UInt8]

    public init(path: String, bytes: [UInt8]) {
        self.path = path
        self.bytes = bytes
    }

    public init(path: String, text: String) { self.init(path: path, bytes: Array(text.utf8)) }
}
