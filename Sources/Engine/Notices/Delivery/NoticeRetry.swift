import AccessModel

/// When a notice is tried again.
enum NoticeRetry {
    static let first = Span.seconds(5)
    static let longest = Span.hours(6)

    /// 5 s, 20 s, 80 s, ... up to 6 h, each a fifth more or less so that many do not come at once.
    ///
    /// - Parameters:
    ///   - attempts: Those that were made, from 1.
    ///   - chance: From 0 up to 1.
    static func delay(after attempts: Int, asked: Span?, chance: Double) -> Span {
        var delay = Double(first.milliseconds)
        for _ in 1..<max(1, min(attempts, 16)) { delay *= 4 }
        let jittered = min(delay, Double(longest.milliseconds)) * (0.8 + 0.4 * chance)
        return max(Span(milliseconds: Int64(jittered)), asked ?? .zero)
    }
}
