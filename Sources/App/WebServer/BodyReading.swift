import HTTPTypes
import Hummingbird
import HummingbirdCore
import NIOCore
import Synchronization

/// A request's body, or why it was not read.
struct BodyReading {
    var bytes: [UInt8] = []
    var problem: Problem?

    /// Reads it whole, as long as it stays within a limit and a time.
    ///
    /// - Parameter stopListening: Ends what still comes in: who waits for more than ever comes does not notice otherwise
    ///   that nobody asks any more.
    static func read(
        _ request: Request, upTo limit: Int, within timeout: Duration, stopListening: @escaping @Sendable () -> Void
    ) async -> BodyReading {
        guard isAnnounced(in: request) else { return BodyReading() }
        if let length = request.headers[.contentLength].flatMap({ Int($0) }), length > limit {
            return BodyReading(problem: .tooLarge(limit))
        }
        let mark = LateMark()
        let read = await withTaskGroup(of: BodyReading.self) { group in
            group.addTask { await collect(request.body, upTo: limit) }
            group.addTask {
                do {
                    try await Task.sleep(for: timeout)
                } catch {
                    return BodyReading(problem: .incomplete)
                }
                mark.isLate.store(true, ordering: .relaxed)
                stopListening()
                return BodyReading(problem: .late)
            }
            let first = await group.next() ?? BodyReading(problem: .incomplete)
            group.cancelAll()
            return first
        }
        return mark.isLate.load(ordering: .relaxed) ? BodyReading(problem: .late) : read
    }

    /// Whether something follows the head.
    static func isAnnounced(in request: Request) -> Bool {
        request.headers[.transferEncoding] != nil || request.headers[.contentLength].map { $0 != "0" } ?? false
    }

    private static func collect(_ body: RequestBody, upTo limit: Int) async -> BodyReading {
        var bytes: [UInt8] = []
        do {
            for try await part in body {
                guard bytes.count + part.readableBytes <= limit else { return BodyReading(problem: .tooLarge(limit)) }
                bytes.append(contentsOf: part.readableBytesView)
            }
        } catch {
            return BodyReading(problem: .incomplete)
        }
        return BodyReading(bytes: bytes)
    }
}

/// That the time was over before the body was there.
private final class LateMark: Sendable {
    let isLate = Atomic(false)
}

extension Problem {
    fileprivate static let late = Problem(.requestTimeout, "body-timeout", "the body did not come in time")
    fileprivate static let incomplete = Problem(.badRequest, "incomplete-body", "the body ended before its end")
}
