import AccessModel

/// A workload as it is to be written into a tenant's file.
public struct WorkloadDraft: Hashable, Sendable {
    /// What it is known by.
    public enum Proof: Hashable, Sendable {
        case tokens(issuer: String, subject: String, audience: String)
        /// A secret that gets no older than this: `30d`.
        case secret(timeToLive: String)
    }

    public let tier: Slug
    public let name: Slug
    public let proof: Proof
    public let owner: EmailAddress
    /// A date or a time, as it is to be written.
    public let until: String

    public init(tier: Slug, name: Slug, proof: Proof, owner: EmailAddress, until: String) {
        self.tier = tier
        self.name = name
        self.proof = proof
        self.owner = owner
        self.until = until
    }

    /// One line each.
    var lines: [String] {
        let own = ["name: \(name)"]
        let known =
            switch proof {
            case .tokens(let issuer, let subject, let audience):
                [
                    "issuer: \(Self.scalar(issuer))", "subject: \(Self.scalar(subject))",
                    "audience: \(Self.scalar(audience))",
                ]
            case .secret(let timeToLive): ["secret: {ttl: \(Self.scalar(timeToLive))}"]
            }
        return own + known + ["owner: \(Self.scalar(owner.text))", "until: \(Self.scalar(until))"]
    }

    /// Plain where YAML cannot take it for anything else, else in single quotes, in which nothing but the quote is special.
    static func scalar(_ text: String) -> String {
        let isPlain = text.utf8.allSatisfy { $0.isLetter || $0.isDigit || "-_./@:".utf8.contains($0) }
        let first = text.utf8.first.map { $0.isLetter || $0.isDigit } ?? false
        guard isPlain, first, !text.hasSuffix(":") else {
            return "'" + text.split(separator: "'", omittingEmptySubsequences: false).joined(separator: "''") + "'"
        }
        return text
    }
}
