import AccessModel
import Foundation
import Lifecycle
import Synchronization
import WorkflowEngine

/// The wall clock, or the one that `TENURE_CLOCK` sets for a rehearsal.
///
/// `TENURE_CLOCK=2026-12-01T08:00:00Z` starts the process at that moment; time goes on from there. What is done
/// under it is done: the audit log shows the moment, and an installation never goes back behind the latest moment
/// that it has seen.
public struct InstallationClock: Sendable {
    private let offset: Offset
    /// What the machine's clock said when the process began, by a clock that no one sets: it never falls behind that and
    /// what has passed since.
    private let floor: Floor?
    /// Whether `TENURE_CLOCK` set it.
    let isRehearsal: Bool

    private struct Floor: Sendable {
        let moment: Instant
        let steady: SteadyMoment
    }

    /// How far it is ahead of the machine's; everybody who was handed the clock follows.
    private final class Offset: Sendable {
        private let span: Mutex<Span>

        init(_ span: Span) { self.span = Mutex(span) }

        var value: Span { span.withLock { $0 } }

        func grow(by lag: Span) {
            span.withLock { $0 = Span(milliseconds: $0.milliseconds + max(lag.milliseconds, 0)) }
        }
    }

    public init(environment: [String: String] = ProcessInfo.processInfo.environment) throws(InstallationError) {
        guard let text = environment["TENURE_CLOCK"], !text.isEmpty else {
            self.init(offset: .zero, isRehearsal: false)
            return
        }
        guard let start = Instant(text) else {
            throw InstallationError(
                code: .usage, operation: "read TENURE_CLOCK",
                message: "`\(text)` is not an RFC 3339 time; write it as 2026-12-01T08:00:00Z")
        }
        self.init(offset: start - Self.wall(), isRehearsal: true)
    }

    private init(offset: Span, isRehearsal: Bool) {
        self.offset = Offset(offset)
        self.isRehearsal = isRehearsal
        floor = SteadyMoment.now().map { Floor(moment: Self.wall(), steady: $0) }
    }

    public func now() -> Instant {
        let told = Self.wall() + offset.value
        guard let floor, let passed = SteadyMoment.now()?.passed(since: floor.steady) else { return told }
        return max(told, floor.moment + passed + offset.value)
    }

    /// The same, but that a wall clock that was set ahead since the process began does not move it.
    func vouched() -> Instant {
        guard let floor, let passed = SteadyMoment.now()?.passed(since: floor.steady) else { return now() }
        return min(now(), floor.moment + passed + offset.value)
    }

    /// Sets a rehearsal's clock forward, for everybody who was handed it; what lies behind changes nothing.
    func advance(to moment: Instant) throws(InstallationError) {
        guard isRehearsal else {
            throw InstallationError(
                code: .usage, operation: "set the clock", message: "only a rehearsal's clock is set: see TENURE_CLOCK")
        }
        offset.grow(by: moment - now())
    }

    /// The same, set forward where it is behind `moment`: everything in one installation lives by one time.
    func notBefore(_ moment: Instant) -> InstallationClock {
        let lag = moment - now()
        return lag > .zero
            ? InstallationClock(
                offset: Span(milliseconds: offset.value.milliseconds + lag.milliseconds), isRehearsal: isRehearsal)
            : self
    }

    /// What the machine's clock says, set ahead, set back, or right.
    static func wall() -> Instant {
        Instant(milliseconds: Int64((Date().timeIntervalSince1970 * 1_000).rounded(.down)))
    }
}

extension InstallationClock: WorkflowClock {
    public func sleep(until moment: Instant) async throws {
        // In slices, so that a wall clock that is set forward is noticed.
        while true {
            let rest = (moment - now()).milliseconds
            guard rest > 0 else { return }
            try await Task.sleep(for: .milliseconds(min(rest, 60_000)))
        }
    }

    public func expire(at moment: Instant) async throws { try await sleep(until: moment) }
}
