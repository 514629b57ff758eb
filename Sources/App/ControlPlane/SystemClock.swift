import AccessModel
import Foundation

/// The wall clock, or the one that `TENURE_CLOCK` sets for a rehearsal.
///
/// `TENURE_CLOCK=2026-12-01T08:00:00Z` starts the process at that moment; time goes on from there. What is done
/// under it is done: the audit log shows the moment, and an installation never goes back behind the latest moment
/// that it has seen.
public struct SystemClock: Sendable {
    private let offset: Span

    public init(environment: [String: String] = ProcessInfo.processInfo.environment) throws(InstallationError) {
        guard let text = environment["TENURE_CLOCK"], !text.isEmpty else {
            offset = .zero
            return
        }
        guard let start = Instant(text) else {
            throw InstallationError(
                code: .usage, operation: "read TENURE_CLOCK",
                message: "`\(text)` is not an RFC 3339 time; write it as 2026-12-01T08:00:00Z")
        }
        offset = start - Self.wall()
    }

    public func now() -> Instant { Self.wall() + offset }

    private static func wall() -> Instant {
        Instant(milliseconds: Int64((Date().timeIntervalSince1970 * 1_000).rounded(.down)))
    }
}
