import AccessModel

/// One connection at a time, on a queue of its own; it connects when it is first used and again after a break.
actor SessionLane {
    private let executor: BlockingExecutor
    private let connect: @Sendable () throws(LDAPFailure) -> DirectorySession
    private var session: DirectorySession?

    init(label: String, connect: @escaping @Sendable () throws(LDAPFailure) -> DirectorySession) {
        executor = BlockingExecutor(label: label)
        self.connect = connect
    }

    nonisolated var unownedExecutor: UnownedSerialExecutor { executor.asUnownedSerialExecutor() }

    /// Runs `body` on the connection.
    ///
    /// A connection that was kept from earlier may have been closed meanwhile, by the server or on the way; then
    /// `body` runs once more on a new one. That is safe, because whatever it did the first time it finds done.
    func run<Value: Sendable>(
        _ body: @Sendable (DirectorySession) throws(LDAPFailure) -> Value
    ) throws(LDAPFailure) -> Value {
        if let kept = session {
            do {
                return try attempt(kept, body)
            } catch  where session == nil && error.resultCode == .serverDown {}
        }
        let fresh = try connect()
        session = fresh
        return try attempt(fresh, body)
    }

    /// Lets go of the connection.
    func close() { session = nil }

    private func attempt<Value: Sendable>(
        _ session: DirectorySession, _ body: @Sendable (DirectorySession) throws(LDAPFailure) -> Value
    ) throws(LDAPFailure) -> Value {
        defer { if session.ldap.isBroken { self.session = nil } }
        return try body(session)
    }
}
