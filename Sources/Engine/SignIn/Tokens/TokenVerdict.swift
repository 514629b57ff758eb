import StrictJSON

/// What becomes of a token, claim by claim: what was wanted, what was found, and why it was refused where it was.
///
/// It never holds the token, and nothing with which one could be made.
public struct TokenVerdict: Hashable, Sendable {
    public struct Finding: Hashable, Sendable {
        /// `sub`, `exp`, or `signature` and the like for what is no claim.
        public let claim: String
        public let wanted: String
        /// As the token has it, on one line and cut to a length; nil where it is not there.
        public let found: String?
        /// Nil where it is accepted.
        public let refusal: String?

        public init(_ claim: String, wanted: String, found: String?, refusal: String? = nil) {
            self.claim = claim
            self.wanted = wanted
            self.found = found.map { Self.line($0) }
            self.refusal = refusal
        }

        /// No control characters: it is printed to terminals and into records.
        private static func line(_ text: String) -> String {
            let scalars = text.unicodeScalars.prefix(300).map { scalar -> Unicode.Scalar in
                let category = scalar.properties.generalCategory
                return category == .control || category == .format ? "\u{FFFD}" : scalar
            }
            let line = String(String.UnicodeScalarView(scalars))
            return text.unicodeScalars.count > 300 ? line + "…" : line
        }

        public var isAccepted: Bool { refusal == nil }
    }

    public var findings: [Finding]

    public init(_ findings: [Finding]) { self.findings = findings }

    /// A token is accepted when everything in it is.
    public var isAccepted: Bool { !findings.isEmpty && findings.allSatisfy(\.isAccepted) }

    public var refusals: [Finding] { findings.filter { !$0.isAccepted } }

    /// Why it is refused, on one line: `exp: it is over; typ: ...`. Empty for one that is accepted.
    public var reason: String {
        refusals.map { "\($0.claim): \($0.refusal ?? "")" }.joined(separator: "; ")
    }

    /// `{"accepted", "claims": [{"claim", "wanted", "found", "accepted", "reason"}]}`.
    public var json: JSONValue {
        let claims = findings.map { finding -> JSONValue in
            [
                "claim": .string(finding.claim), "wanted": .string(finding.wanted),
                "found": finding.found.map { .string($0) } ?? .null, "accepted": .bool(finding.isAccepted),
                "reason": finding.refusal.map { .string($0) } ?? .null,
            ]
        }
        return ["accepted": .bool(isAccepted), "claims": .array(claims)]
    }
}
