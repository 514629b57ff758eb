import ConnectorKit
import PostgreSQLDriver

extension ConnectorError {
    /// What a refusal of the server, or the lack of an answer, means.
    init(_ failure: PostgreSQLFailure, _ operation: String) {
        let message = failure.state.map { "\(failure.message) (\($0))" } ?? failure.message
        let line = message.split(whereSeparator: \.isNewline).joined(separator: "; ")
        self.init(code: Self.code(failure), operation: operation, message: String(line.prefix(240)))
    }

    private static func code(_ failure: PostgreSQLFailure) -> Code {
        guard let state = failure.state else {
            // libpq's own words: waiting makes no certificate right.
            return failure.isTransient ? .unreachable : .configuration
        }
        switch state {
        case "28P01", "28000": return .unauthorized
        case "42501": return .forbidden
        case "53300": return .throttled
        // A statement that took too long was undone whole.
        case "57014", "25006", "25P03", "25P02": return .targetFailure
        case "40001", "40P01", "55P03", "23505", "42710", "55006": return .conflict
        case "42704", "3F000", "42P01": return .missingDependency
        case "3D000", "0A000": return .configuration
        // Two sessions changed one row of the catalog; the later one has to look again.
        case "XX000" where failure.message.contains("concurrently"): return .conflict
        default: break
        }
        switch state.prefix(2) {
        case "08", "57": return .unreachable
        case "53", "58", "XX", "25": return .targetFailure
        default: return .invalid
        }
    }
}
