import StrictJSON

/// A token in compact form (RFC 7515), taken apart but not believed: nothing in it counts before a ``SignatureCheck``.
///
/// It does not print.
public struct SignedToken: Sendable, CustomStringConvertible, CustomReflectable {
    /// The name in its header, whatever it is.
    public let algorithm: String
    public let keyID: String?
    public let type: String?
    public let header: JSONObject
    public let payload: [UInt8]
    let signature: [UInt8]
    /// The first two parts with the dot between them, as they came.
    let signedBytes: [UInt8]

    /// Bytes that a token may have.
    public static let maximumSize = 16 << 10

    /// Why a text is no token that could be checked.
    public struct Malformed: Error, Hashable, Sendable, CustomStringConvertible {
        public let reason: String

        init(_ reason: String) { self.reason = reason }

        public var description: String { reason }
    }

    public init(_ text: String) throws(Malformed) {
        let bytes = Array(text.utf8)
        guard bytes.count <= Self.maximumSize else { throw Malformed("it has more than \(Self.maximumSize) bytes") }
        let parts = bytes.split(separator: UInt8(ascii: "."), omittingEmptySubsequences: false)
        guard parts.count == 3 else { throw Malformed("it does not have three parts") }
        guard let head = Base64URL.decode(parts[0]), let payload = Base64URL.decode(parts[1]),
            let signature = Base64URL.decode(parts[2])
        else { throw Malformed("a part of it is not strict base64url") }
        guard !signature.isEmpty else { throw Malformed("it has no signature") }
        let header = try Self.header(head)
        algorithm = try Self.text("alg", header) ?? ""
        guard !algorithm.isEmpty else { throw Malformed("its header has no `alg`") }
        keyID = try Self.text("kid", header)
        type = try Self.text("typ", header)
        self.header = header
        self.payload = payload
        self.signature = signature
        signedBytes = Array(bytes[..<parts[1].endIndex])
    }

    private static func header(_ bytes: [UInt8]) throws(Malformed) -> JSONObject {
        let json: JSONValue
        do {
            json = try JSONParser.parse(bytes)
        } catch {
            throw Malformed("its header is not JSON, or names a member twice")
        }
        guard let object = json.object else { throw Malformed("its header is not an object") }
        // What is critical must be understood, and no extension is. So is a payload that is not encoded (RFC 7797).
        if case .some = object["crit"] { throw Malformed("its header has `crit`, and no extension is understood") }
        if case let value? = object["b64"], value != true { throw Malformed("its payload is not encoded (`b64`)") }
        return object
    }

    private static func text(_ name: String, _ object: JSONObject) throws(Malformed) -> String? {
        switch object[name] {
        case .none: return nil
        case .string(let text): return text
        default: throw Malformed("`\(name)` in its header is not a string")
        }
    }

    public var description: String { "[token]" }
    public var customMirror: Mirror { Mirror(self, children: []) }
}
