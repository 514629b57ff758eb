/// What went wrong on a connection, before it is known what that means to the caller.
struct PostgreSQLFailure: Error {
    /// The server's five letters; nil when it did not answer.
    var state: String?
    var message: String
    /// Whether the connection is of no use any more.
    var isBroken: Bool

    /// A conflict with another session, over when the transaction is run again.
    var isConflict: Bool { state == "40001" || state == "40P01" }

    /// Whether trying again in a moment may help where no connection could be made.
    var isTransient: Bool {
        switch state {
        case "57P01", "57P02", "57P03", "53300": true
        case .some: false
        // libpq's own words, which are never translated here: a certificate does not become right by waiting.
        case nil: !message.contains("SSL") && !message.contains("certificate")
        }
    }

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

    static func broken(_ message: String) -> PostgreSQLFailure {
        PostgreSQLFailure(state: nil, message: message, isBroken: true)
    }
}
