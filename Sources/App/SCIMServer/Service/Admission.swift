import AccessModel
import Synchronization

/// Tokens that were found good here within a second. It admits nobody: it spares a look before the transaction, which looks
/// itself, and before each body.
final class Admission: Sendable {
    private static let limit = 10_000
    private static let memory = Span.seconds(1)

    private let known = Mutex<[TokenDigest: Instant]>([:])

    func knows(_ digest: TokenDigest, at now: Instant) -> Bool {
        known.withLock { known in known[digest].map { $0 <= now && now < $0 + Self.memory } ?? false }
    }

    func remember(_ digest: TokenDigest, at now: Instant) {
        known.withLock { known in
            if known.count >= Self.limit { known.removeAll() }
            known[digest] = now
        }
    }

    func forget(_ digest: TokenDigest) { known.withLock { _ = $0.removeValue(forKey: digest) } }
}
