import Synchronization

/// Tokens that were found good here lately. It admits nobody: it spares a look before the transaction, which looks itself.
final class Admission: Sendable {
    private static let limit = 10_000

    private let known = Mutex<Set<TokenDigest>>([])

    func knows(_ digest: TokenDigest) -> Bool { known.withLock { $0.contains(digest) } }

    func remember(_ digest: TokenDigest) {
        known.withLock { known in
            if known.count >= Self.limit { known.removeAll() }
            known.insert(digest)
        }
    }

    func forget(_ digest: TokenDigest) { known.withLock { _ = $0.remove(digest) } }
}
