import AccessModel
import ConnectorKit

/// Credentials, kept until shortly before they end, and fetched once however many requests wait for them.
actor CredentialCache {
    /// So long before their end they are fetched anew; while that fails, in whatever way, what is there is used until a minute
    /// before.
    static let margin = Span.minutes(5)
    static let lastMargin = Span.minutes(1)

    private let source: any CredentialSource
    private let clock: @Sendable () -> Instant
    private var current: AWSCredentials?
    private var fetching: Task<Result<AWSCredentials, ConnectorError>, Never>?

    init(_ source: any CredentialSource, clock: @escaping @Sendable () -> Instant) {
        self.source = source
        self.clock = clock
    }

    func credentials() async throws(ConnectorError) -> AWSCredentials {
        if let current, isFresh(current, margin: Self.margin) { return current }
        switch await renewed() {
        case .success(let credentials): return credentials
        case .failure(let error):
            if let current, isFresh(current, margin: Self.lastMargin) { return current }
            throw error
        }
    }

    /// What is kept is not to be used any more: the service says that it has ended.
    func forget(_ accessKeyID: String) {
        if current?.accessKeyID == accessKeyID { current = nil }
    }

    private func isFresh(_ credentials: AWSCredentials, margin: Span) -> Bool {
        credentials.expiration.map { clock() + margin < $0 } ?? true
    }

    private func renewed() async -> Result<AWSCredentials, ConnectorError> {
        if let fetching { return await fetching.value }
        let task = Task { [source] in
            do throws(ConnectorError) {
                guard let credentials = try await source.fetch() else {
                    throw ConnectorError(
                        code: .configuration, operation: "find credentials",
                        message: "\(source.name) gives none")
                }
                return Result<AWSCredentials, ConnectorError>.success(credentials)
            } catch {
                return .failure(error)
            }
        }
        fetching = task
        let result = await task.value
        fetching = nil
        if case .success(let credentials) = result { current = credentials }
        return result
    }
}
