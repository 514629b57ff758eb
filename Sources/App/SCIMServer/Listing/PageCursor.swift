import AccessModel
import Crypto
import StrictJSON

/// Where a page ends, or begins, in an order that rows which come and go do not shift (RFC 9865): the value that the list
/// is sorted by, and the number of the row. It is signed, and good for the list that it was made for alone.
struct PageCursor: Hashable, Sendable {
    enum Direction: String, Sendable {
        case forward = "f"
        case backward = "b"
    }

    let direction: Direction
    /// Of the row that the page is next to.
    let seq: Int64
    /// What the row is sorted by; nil where it has no such value.
    let key: String?
    let madeAt: Instant

    /// For how long it can be used.
    static let lifetime = Span.hours(24)

    /// In characters that stand for themselves in an address.
    func text(_ list: ListIdentity) -> String {
        let body: JSONValue = [
            .string(direction.rawValue), .integer(seq), key.map { .string($0) } ?? .null,
            .integer(madeAt.milliseconds),
        ]
        let bytes = Array(body.compactText.utf8)
        return URLSafeText.encode(list.signature(of: bytes) + bytes)
    }

    /// - Throws: `invalidCursor` for a text that was not made for this list, `expiredCursor` for one that is too old.
    init(_ text: String, _ list: ListIdentity, at now: Instant) throws(SCIMError) {
        let refusal = SCIMError(
            .badRequest, .invalidCursor, "the cursor is none that was given out for this list; begin with an empty one")
        guard text.utf8.count <= 8_192, let bytes = URLSafeText.decode(text), bytes.count > 16 else { throw refusal }
        let body = Array(bytes.dropFirst(16))
        guard TokenDigest.agree(list.signature(of: body), Array(bytes.prefix(16))) else { throw refusal }
        guard let parts = Self.parts(body), parts.count == 4, let seq = parts[1].integer,
            let direction = parts[0].string.flatMap({ Direction(rawValue: $0) }), let made = parts[3].integer
        else { throw refusal }
        self.direction = direction
        self.seq = seq
        key = parts[2].string
        madeAt = Instant(milliseconds: made)
        guard now < madeAt + Self.lifetime else {
            throw SCIMError(.badRequest, .expiredCursor, "the cursor is too old; begin with an empty one")
        }
    }

    init(direction: Direction, seq: Int64, key: String?, madeAt: Instant) {
        self.direction = direction
        self.seq = seq
        self.key = key
        self.madeAt = madeAt
    }

    private static func parts(_ bytes: [UInt8]) -> [JSONValue]? {
        do {
            return try JSONParser.parse(bytes).array
        } catch {
            return nil
        }
    }
}

/// Which list it is: whose, of what, filtered and sorted how.
struct ListIdentity: Sendable {
    private let key: SymmetricKey
    private let identity: [UInt8]

    /// - Parameter digest: Of the client's token: known to every node, and to nobody outside.
    init(_ digest: TokenDigest, _ kinds: [ResourceKind], _ request: ListRequest) {
        key = SymmetricKey(data: digest.bytes + Array("scim cursor".utf8))
        let parts: JSONValue = [
            .array(kinds.map { .string($0.rawValue) }),
            request.filter.map { .string("\($0)") } ?? .null, request.sortBy.map { .string($0.lowercased()) } ?? .null,
            .bool(request.isDescending),
        ]
        identity = parts.canonicalBytes
    }

    func signature(of body: [UInt8]) -> [UInt8] {
        Array(HMAC<SHA256>.authenticationCode(for: identity + [0] + body, using: key).prefix(16))
    }
}
