import PostgreSQLDriver

extension PostgreSQLFailure {
    func persistenceError(_ operation: String) -> PersistenceError {
        PersistenceError(code: code, operation: operation, message: state.map { "\(message) (\($0))" } ?? message)
    }

    private var code: PersistenceError.Code {
        guard let state else { return .unavailable }
        switch state {
        case "08P01": return .statement
        case "25P03", "42501", "3D000", "3F000": return .unavailable
        case "40001", "40P01", "55P03", "57014": return .busy
        case "53100", "53200": return .storage
        case "XX001", "XX002": return .corrupt
        default: break
        }
        switch state.prefix(2) {
        case "08", "28", "53", "57": return .unavailable
        case "22", "23": return .constraint
        case "58": return .storage
        default: return .statement
        }
    }
}
