import AccessModel
import StrictJSON

/// What is wrong in something that HR sent, where, and what would be right.
public struct FeedProblem: Hashable, Sendable, CustomStringConvertible {
    public let severity: Diagnostic.Severity
    /// Stable, for scripts: `count-mismatch`, `duplicate-id`, `invalid-email`, ...
    public let code: String
    /// From 1; 0 where the problem has no place, such as an empty feed.
    public let line: Int
    /// In bytes, from 1; 0 where there is none.
    public let column: Int
    /// The field or JSON member, as it is written in the feed; nil for the feed as a whole.
    public let field: String?
    public let message: String

    public init(
        severity: Diagnostic.Severity = .error, code: String, line: Int = 0, column: Int = 0, field: String? = nil,
        message: String
    ) {
        self.severity = severity
        self.code = code
        self.line = line
        self.column = column
        self.field = field
        self.message = message
    }

    public var description: String { diagnostic(file: "feed").text }

    /// The same, as it is printed beside what is wrong in other files.
    public func diagnostic(file: String) -> Diagnostic {
        let text = field.map { "`\($0)`: \(message)" } ?? message
        return Diagnostic(
            severity: severity, code: code,
            place: SourceLocation(file: file, line: max(line, 1), column: max(column, 1)),
            message: text)
    }
}

extension FeedProblem: Comparable {
    public static func < (left: FeedProblem, right: FeedProblem) -> Bool {
        (left.line, left.column, left.code, left.message) < (right.line, right.column, right.code, right.message)
    }
}

/// Why a snapshot was not taken in. Nothing of it counts: it brings nobody and removes nobody.
public struct FeedRefusal: Error, Hashable, Sendable, CustomStringConvertible {
    /// Sorted by place; errors, and the warnings found beside them.
    public let problems: [FeedProblem]

    public init(problems: [FeedProblem]) { self.problems = problems }

    /// What to do about it.
    public var advice: String {
        "the feed is not provably whole, so it is held whole and removes nobody; "
            + "correct it, or export it from HR again, and import it again"
    }

    public var description: String { (problems.map(\.description) + [advice]).joined(separator: "\n") }
}

/// Why an event was not taken in. It changes nothing.
public struct HREventError: Error, Hashable, Sendable, CustomStringConvertible {
    /// At least one, sorted by place.
    public let problems: [FeedProblem]

    public init(problems: [FeedProblem]) { self.problems = problems }

    /// Of the first problem.
    public var code: String { problems.first?.code ?? "invalid-event" }
    public var description: String { problems.map(\.description).joined(separator: "\n") }
}

/// What a feed is checked against beside its own grammar.
public struct FeedRules: Sendable {
    /// The organisation's e-mail domains, in lower case; nil when they are not known, and then not checked.
    public var domains: Set<String>?
    /// When the feed came in; as of when it holds if it does not say so itself.
    public var importedAt: Instant

    public init(domains: [String]?, importedAt: Instant) {
        self.domains = domains.map { Set($0.map { $0.lowercased() }) }
        self.importedAt = importedAt
    }

    func allows(_ address: EmailAddress, of kind: Person.Kind) -> Bool {
        guard kind != .external, let domains else { return true }
        return domains.contains(String(address.domain))
    }
}
