import AccessModel
import Definitions

/// Which credentials are older than they may get: a workload's than the time to live that its definition says, everybody
/// else's than ninety days.
public struct StaleCredentials: Sendable {
    public static let usualAge = Span.days(90)

    /// One that is too old.
    public struct Stale: Hashable, Sendable {
        public let credential: Credential
        public let age: Span
        public let limit: Span
    }

    private let limits: [IdentityID: Span]
    private let now: Instant

    public init(_ organization: Organization, now: Instant) {
        let workloads = organization.tenants.flatMap(\.workloads) + organization.core.groups.flatMap(\.workloads)
        limits = Dictionary(
            workloads.compactMap { workload in workload.secretTimeToLive.map { (workload.identity, $0) } },
            uniquingKeysWith: { first, _ in first })
        self.now = now
    }

    /// In the order of the facts. One whose age nobody knows is not among them.
    public func find(in facts: [Fact]) -> [Stale] {
        facts.compactMap { fact in
            guard case .credential(let credential) = fact, let made = credential.createdAt else { return nil }
            let limit = limits[credential.identity] ?? Self.usualAge
            return now - made > limit ? Stale(credential: credential, age: now - made, limit: limit) : nil
        }
    }
}
