import Foundation
import Synchronization

/// How many requests each address makes: a bucket that fills evenly and holds a second's worth.
final class RequestRate: Sendable {
    private struct Bucket {
        var tokens: Double
        var filledAt: ContinuousClock.Instant
    }

    /// Addresses that are remembered; beyond it those that have a full bucket are forgotten.
    static let remembered = 100_000

    private let perSecond: Double
    private let buckets = Mutex<[String: Bucket]>([:])

    init(perSecond: Int) { self.perSecond = Double(max(1, perSecond)) }

    /// Whether an address may make another one now.
    func admit(_ address: String, at now: ContinuousClock.Instant = .now) -> Bool {
        let address = Self.block(address)
        return buckets.withLock { buckets in
            if buckets.count >= Self.remembered, buckets[address] == nil {
                buckets = buckets.filter { level(of: $0.value, at: now) < perSecond }
                // Nothing is remembered of anybody rather than nobody let in.
                if buckets.count >= Self.remembered { buckets.removeAll() }
            }
            let tokens = buckets[address].map { level(of: $0, at: now) } ?? perSecond
            guard tokens >= 1 else { return false }
            buckets[address] = Bucket(tokens: tokens - 1, filledAt: now)
            return true
        }
    }

    /// What belongs to one client: an IPv4 address, or the 64 bits of an IPv6 address that a network is given, within
    /// which it takes another one whenever it likes.
    static func block(_ address: String) -> String {
        var raw = in6_addr()
        guard address.utf8.contains(UInt8(ascii: ":")), inet_pton(AF_INET6, address, &raw) == 1 else { return address }
        let bytes = withUnsafeBytes(of: &raw) { Array($0) }
        let mapped: [UInt8] = [0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0xFF, 0xFF]
        guard !bytes.starts(with: mapped) else { return bytes.suffix(4).map { String($0) }.joined(separator: ".") }
        return bytes.prefix(8).map { String($0, radix: 16) }.joined(separator: ":") + "/64"
    }

    private func level(of bucket: Bucket, at now: ContinuousClock.Instant) -> Double {
        min(perSecond, bucket.tokens + (now - bucket.filledAt) / .seconds(1) * perSecond)
    }
}

extension Problem {
    static let tooManyRequests = Problem(
        .tooManyRequests, "too-many-requests", "this address makes more requests a second than one may",
        headers: [.retryAfter: "1"])
}
