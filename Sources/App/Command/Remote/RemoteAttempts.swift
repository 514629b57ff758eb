import AccessModel
import ConnectorKit
import StrictJSON

/// How often one thing is asked: a lost answer is asked for again where that is safe.
struct RemoteAttempts {
    private let repeats: RemoteCall.Repeat
    private var count = 0
    private var wasLost = false

    private static let limit = 3
    /// A repeat waits so often for the first one to be done.
    private static let patience = 60

    init(_ repeats: RemoteCall.Repeat) { self.repeats = repeats }

    /// Nil where it is not to be tried again.
    mutating func pauseAfterSilence() -> Duration? {
        if case .never = repeats { return nil }
        count += 1
        wasLost = true
        return count < Self.limit ? .milliseconds(200 << count) : nil
    }

    /// Nil where this is the answer.
    mutating func pause(after response: HTTPResponse, now: Instant) -> Duration? {
        if response.status == 409, wasLost, Self.code(response) == "idempotency-unknown", count < Self.patience {
            count += 1
            return .seconds(1)
        }
        guard response.status == 429, count < Self.limit else { return nil }
        count += 1
        let stated = response.header("Retry-After").flatMap { RetryAfter.parse($0, now: now) } ?? .seconds(1)
        return stated <= .seconds(10) ? .milliseconds(max(stated.milliseconds, 100)) : nil
    }

    private static func code(_ response: HTTPResponse) -> String? {
        do {
            return try JSONParser.parse(response.body)["code"]?.string
        } catch {
            return nil
        }
    }
}
