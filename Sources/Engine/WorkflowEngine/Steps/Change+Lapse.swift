import AccessModel

extension Change {
    /// Whether it gives what windows alone give, and all of them have ended: expiry is checked at use.
    func hasLapsed(at now: Instant) -> Bool {
        guard lane == .grant, !causes.isEmpty else { return false }
        return causes.allSatisfy { cause in
            if case .grant(_, let until) = cause { until <= now } else { false }
        }
    }
}
