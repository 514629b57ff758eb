import Foundation
import Synchronization

/// Many connections at once, a thread each, that ask one request after the other.
struct LoadGenerator: Sendable {
    /// What a connection asks next.
    ///
    /// - Parameter number: Of the request: each is asked once over all connections.
    typealias Request = @Sendable (_ number: Int) -> [UInt8]

    let port: Int
    var connections = 8
    /// Any other is an error.
    var status = 200

    /// Asks as fast as the server answers.
    func run(for seconds: Double, from first: Int = 0, _ request: @escaping Request) throws -> LoadResult {
        let numbers = Atomic(first)
        let deadline = Stopwatch.wall.seconds + seconds
        return try each { connection, samples in
            while Stopwatch.wall.seconds < deadline {
                let number = numbers.add(1, ordering: .relaxed).oldValue
                try measure(connection, request(number), since: Stopwatch.wall.seconds, &samples)
            }
        }
    }

    /// Asks so many requests and no more; what is answered is handed over.
    func run(
        count: Int, from first: Int = 0, answered: @escaping @Sendable (Int, ArraySlice<UInt8>) -> Void = { _, _ in },
        _ request: @escaping Request
    ) throws -> LoadResult {
        let numbers = Atomic(first)
        return try each { connection, samples in
            while true {
                let number = numbers.add(1, ordering: .relaxed).oldValue
                guard number < first + count else { return }
                let answer = try measure(connection, request(number), since: Stopwatch.wall.seconds, &samples)
                answered(number, connection.body(answer))
            }
        }
    }

    /// Asks so many a second, evenly, whatever becomes of the others. A request's time counts from when it was due, so that
    /// those who wait behind a slow one are counted as well.
    func run(
        rate: Double, for seconds: Double, from first: Int = 0, isRunning: @escaping @Sendable () -> Bool = { true },
        _ request: @escaping Request
    ) throws -> LoadResult {
        let numbers = Atomic(0)
        let begin = Stopwatch.wall.seconds + 0.01
        return try each { connection, samples in
            while isRunning() {
                let number = numbers.add(1, ordering: .relaxed).oldValue
                let due = begin + Double(number) / rate
                guard due < begin + seconds else { return }
                let wait = due - Stopwatch.wall.seconds
                if wait > 0 { usleep(UInt32(wait * 1_000_000)) }
                try measure(connection, request(first + number), since: due, &samples)
            }
        }
    }

    @discardableResult
    private func measure(
        _ connection: HTTPConnection, _ request: [UInt8], since begin: Double, _ samples: inout [Double]
    ) throws -> HTTPConnection.Answer {
        let answer = try connection.ask(request)
        samples.append(Stopwatch.wall.seconds - begin)
        guard answer.status == status else {
            let body = String(decoding: connection.body(answer).prefix(300), as: UTF8.self)
            throw HTTPConnection.Failure(description: "it answered \(answer.status): \(body)")
        }
        return answer
    }

    private func each(_ body: @escaping @Sendable (HTTPConnection, inout [Double]) throws -> Void) throws -> LoadResult
    {
        let results = Mutex<[Double]>([])
        let failure = Mutex<(any Error)?>(nil)
        let group = DispatchGroup()
        let begin = Stopwatch.wall.seconds
        for _ in 0..<connections {
            group.enter()
            Thread.detachNewThread { [port] in
                let connection = HTTPConnection(port: port)
                var samples: [Double] = []
                do {
                    try body(connection, &samples)
                } catch {
                    failure.withLock { $0 = error }
                }
                results.withLock { $0 += samples }
                group.leave()
            }
        }
        group.wait()
        if let error = failure.withLock({ $0 }) { throw error }
        return LoadResult(seconds: Stopwatch.wall.seconds - begin, latencies: Samples(results.withLock { $0 }))
    }
}

/// What came of a load: all answers were as they should be.
struct LoadResult: Sendable {
    let seconds: Double
    let latencies: Samples

    var rate: Double { Double(latencies.seconds.count) / seconds }
}
