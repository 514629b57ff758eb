extension Collection where Element: Sendable {
    /// Transforms the elements, so many at once, and keeps their order. The first failure cancels the rest.
    public func concurrentMap<Value: Sendable>(
        limit: Int, _ body: @escaping @Sendable (Element) async throws(ConnectorError) -> Value
    ) async throws(ConnectorError) -> [Value] {
        let elements = Array(self)
        let result = await withTaskGroup(of: Numbered<Value>.self) { group in
            var next = 0
            func start() {
                guard next < elements.count else { return }
                let (index, element) = (next, elements[next])
                next += 1
                group.addTask {
                    do throws(ConnectorError) {
                        return Numbered(index: index, result: .success(try await body(element)))
                    } catch {
                        return Numbered(index: index, result: .failure(error))
                    }
                }
            }
            for _ in 0..<Swift.max(1, limit) { start() }
            var values = [Value?](repeating: nil, count: elements.count)
            for await done in group {
                switch done.result {
                case .success(let value): values[done.index] = value
                case .failure(let error):
                    group.cancelAll()
                    return Result<[Value], ConnectorError>.failure(error)
                }
                start()
            }
            return .success(values.compactMap { $0 })
        }
        return try result.get()
    }
}

private struct Numbered<Value: Sendable>: Sendable {
    let index: Int
    let result: Result<Value, ConnectorError>
}
