/// Lets one at a time through for each name, in the order in which they came: for what is read, changed and written back
/// where the service has no versions to compare.
public actor Turnstile {
    private var taken: Set<String> = []
    private var waiting: [String: [CheckedContinuation<Void, Never>]] = [:]

    public init() {}

    public nonisolated func pass<Value: Sendable>(
        _ name: String, _ body: @Sendable () async throws(ConnectorError) -> Value
    ) async throws(ConnectorError) -> Value {
        await enter(name)
        do throws(ConnectorError) {
            let value = try await body()
            await leave(name)
            return value
        } catch {
            await leave(name)
            throw error
        }
    }

    private func enter(_ name: String) async {
        guard !taken.insert(name).inserted else { return }
        await withCheckedContinuation { waiting[name, default: []].append($0) }
    }

    private func leave(_ name: String) {
        if waiting[name]?.isEmpty == false {
            waiting[name]?.removeFirst().resume()
        } else {
            taken.remove(name)
            waiting[name] = nil
        }
    }
}
