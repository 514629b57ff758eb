import AccessModel
import ArgumentParser

extension Instant: ExpressibleByArgument {
    /// RFC 3339, or a bare date, which is its first moment in UTC.
    public init?(argument: String) {
        self.init(argument.utf8.count == 10 ? argument + "T00:00:00Z" : argument)
    }
}

extension Span: ExpressibleByArgument {
    /// `4h` or `PT4H`.
    public init?(argument: String) { self.init(argument) }
}
