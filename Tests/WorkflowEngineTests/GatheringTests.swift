import Persistence
import Synchronization
import Testing

@testable import WorkflowEngine

@Suite("Requests that are answered together")
struct GatheringTests {
    private struct Refused: Error, Equatable {
        let number: Int
    }

    private final class Rounds: Sendable {
        private let rounds = Mutex<[[Int]]>([])

        var all: [[Int]] { rounds.withLock { $0 } }

        func add(_ numbers: [Int]) { rounds.withLock { $0.append(numbers) } }
    }

    @Test("each hears its own answer, and rounds are fewer than requests")
    func answers() async throws {
        let gathering = Gathering<Int, Int>(limit: 16)
        let rounds = Rounds()
        let answers = try await withThrowingTaskGroup(of: Int.self) { group in
            for number in 0..<200 {
                group.addTask {
                    do {
                        return try await gathering.ask(number) { numbers in
                            rounds.add(numbers)
                            try await Task.sleep(for: .milliseconds(1))
                            return numbers.map { $0 % 10 == 0 ? .failure(Refused(number: $0)) : .success($0) }
                        }
                    } catch let refused as Refused {
                        return -refused.number
                    }
                }
            }
            return try await group.reduce(into: Set<Int>()) { $0.insert($1) }
        }
        #expect(answers == Set((0..<200).map { $0 % 10 == 0 ? -$0 : $0 }))
        let taken = rounds.all.map(\.count)
        #expect(taken.reduce(0, +) == 200 && taken.count < 100 && taken.allSatisfy { $0 <= 16 }, "\(taken)")
    }

    @Test("a round that comes to nothing is tried again one by one, unless it may have been committed")
    func failures() async throws {
        for code in [PersistenceError.Code.storage, .unavailable] {
            let gathering = Gathering<Int, Int>(limit: 16)
            let rounds = Rounds()
            let answers = try await withThrowingTaskGroup(of: Int?.self) { group in
                for number in 0..<8 {
                    group.addTask {
                        do {
                            return try await gathering.ask(number) { numbers in
                                rounds.add(numbers)
                                try await Task.sleep(for: .milliseconds(5))
                                guard numbers == [3] || !numbers.contains(3) else {
                                    throw PersistenceError(code: code, operation: "write", message: "it failed")
                                }
                                return numbers.map { .success($0) }
                            }
                        } catch let error as PersistenceError where error.code == code {
                            return nil
                        }
                    }
                }
                return try await group.reduce(into: Set<Int>()) { if let number = $1 { $0.insert(number) } }
            }
            let together = try #require(rounds.all.first { $0.contains(3) })
            // Alone it succeeds; who was with it succeeds too, or hears what the round has heard.
            let isLost = code == .unavailable && together.count > 1
            #expect(answers == Set(0..<8).subtracting(isLost ? together : []), "\(code)")
        }
    }
}
