import AccessModel
import StrictJSON

/// What is wrong in a file, where, and what would be right.
public struct Diagnostic: Hashable, Sendable {
    public enum Severity: String, Sendable {
        case error, warning, note
    }

    public let severity: Severity
    /// Stable, for scripts: `duplicate-key`, `unknown-key`, `human-operator`, ...
    public let code: String
    public let place: SourceLocation
    public let message: String

    public init(severity: Severity, code: String, place: SourceLocation, message: String) {
        self.severity = severity
        self.code = code
        self.place = place
        self.message = message
    }

    /// `file:line:column: error: message`.
    public var text: String { "\(place): \(severity.rawValue): \(message)" }

    public var json: JSONValue {
        [
            "severity": .string(severity.rawValue), "code": .string(code), "file": .string(place.file),
            "line": .integer(Int64(place.line)), "column": .integer(Int64(place.column)), "message": .string(message),
        ]
    }
}

extension Diagnostic: Comparable {
    public static func < (left: Diagnostic, right: Diagnostic) -> Bool {
        (left.place, left.code, left.message) < (right.place, right.code, right.message)
    }
}
