/// A password, a token, a key: text that no log, error, record, page or receipt shows.
///
/// It prints as `[secret]` however it is asked, mirrors as nothing, and is neither encodable nor comparable. Only
/// ``reveal()`` hands it out, and a reader can search for that name.
public struct SecretText: Sendable, CustomStringConvertible, CustomDebugStringConvertible, CustomReflectable {
    private let bytes: [UInt8]

    public init(_ text: String) { bytes = Array(text.utf8) }

    public func reveal() -> String { String(decoding: bytes, as: UTF8.self) }

    public var isEmpty: Bool { bytes.isEmpty }
    public var description: String { "[secret]" }
    public var debugDescription: String { "[secret]" }
    public var customMirror: Mirror { Mirror(self, children: []) }
}
