/// A few connections to one directory; who comes while all are in use waits in line.
actor SessionPool {
    private let lanes: [SessionLane]
    private var idle: [SessionLane]
    private var waiting: [CheckedContinuation<SessionLane, Never>] = []

    init(size: Int, label: String, connect: @escaping @Sendable () throws(LDAPFailure) -> DirectorySession) {
        lanes = (0..<size).map { SessionLane(label: "\(label).\($0)", connect: connect) }
        idle = lanes.reversed()
    }

    /// Runs `body` on a connection of its own.
    nonisolated func run<Value: Sendable>(
        _ body: @Sendable (DirectorySession) throws(LDAPFailure) -> Value
    ) async throws(LDAPFailure) -> Value {
        let lane = await take()
        do {
            let value = try await lane.run(body)
            await give(lane)
            return value
        } catch {
            await give(lane)
            throw error
        }
    }

    func close() async {
        for lane in lanes { await lane.close() }
    }

    private func take() async -> SessionLane {
        if let lane = idle.popLast() { return lane }
        return await withCheckedContinuation { waiting.append($0) }
    }

    private func give(_ lane: SessionLane) {
        if waiting.isEmpty {
            idle.append(lane)
        } else {
            waiting.removeFirst().resume(returning: lane)
        }
    }
}
