import AccessModel
import StrictJSON

/// What a token says, read and not believed. A claim of another type than its own is malformed, never missing.
public struct TokenClaims: Sendable {
    public let object: JSONObject

    public init(_ object: JSONObject) { self.object = object }

    /// Nil where the payload is not a JSON object, or names a member twice.
    public init?(_ token: SignedToken) { self.init(json: token.payload) }

    /// The same of bytes that came otherwise.
    init?(json bytes: [UInt8]) {
        let json: JSONValue
        do {
            json = try JSONParser.parse(bytes)
        } catch {
            return nil
        }
        guard let object = json.object else { return nil }
        self.object = object
    }

    /// A claim, or why it cannot be used.
    public enum Reading<Value: Sendable & Hashable>: Hashable, Sendable {
        case missing
        case malformed
        case value(Value)

        public var value: Value? { if case .value(let value) = self { value } else { nil } }
    }

    public func text(_ name: String) -> Reading<String> {
        switch object[name] {
        case .none: .missing
        case .string(let text): text.utf8.count <= 4_096 ? .value(text) : .malformed
        default: .malformed
        }
    }

    /// One audience, or a list of at least one.
    public var audiences: Reading<[String]> {
        switch object["aud"] {
        case .none: return .missing
        case .string(let text): return .value([text])
        case .array(let list):
            let texts = list.compactMap(\.string)
            return texts.count == list.count && !texts.isEmpty ? .value(texts) : .malformed
        default: return .malformed
        }
    }

    /// Seconds since 1970, with or without a fraction.
    public func time(_ name: String) -> Reading<Instant> {
        guard let claim = object[name] else { return .missing }
        guard let seconds = claim.double, (0...253_402_300_799).contains(seconds) else { return .malformed }
        if let whole = claim.integer { return .value(Instant(milliseconds: whole * 1_000)) }
        return .value(Instant(milliseconds: Int64(seconds * 1_000)))
    }

    /// Who signed it, by its own word.
    public var issuer: String? { text("iss").value }
    public var subject: String? { text("sub").value }
}
