/// What went wrong on a connection, before it is known what that means to the caller.
package struct PostgreSQLFailure: Error {
    /// The server's five letters; nil when it did not answer.
    package var state: String?
    package var message: String
    /// Whether the connection is of no use any more.
    package var isBroken: Bool

    /// A conflict with another session, over when the transaction is run again.
    package var isConflict: Bool { state == "40001" || state == "40P01" }

    /// Whether trying again in a moment may help where no connection could be made.
    package var isTransient: Bool {
        switch state {
        case "57P01", "57P02", "57P03", "53300": true
        case .some: false
        // libpq's own words, which are never translated here: a certificate does not become right by waiting.
        case nil: !message.contains("SSL") && !message.contains("certificate")
        }
    }

    package init(state: String?, message: String, isBroken: Bool) {
        self.state = state
        self.message = message
        self.isBroken = isBroken
    }

    package static func broken(_ message: String) -> PostgreSQLFailure {
        PostgreSQLFailure(state: nil, message: message, isBroken: true)
    }
}
