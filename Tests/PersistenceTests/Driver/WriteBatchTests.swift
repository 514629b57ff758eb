import Synchronization
import Testing

@testable import Persistence

@Suite("Writes that share a transaction")
struct WriteBatchTests {
    private struct Failure: Error, Equatable {
        let name: String
    }

    @Test("one commit serves all that wait, and those who failed hear their own error")
    func oneCommit() {
        let connection = ScriptedConnection()
        let good = ScriptedWrite()
        let bad = ScriptedWrite(error: Failure(name: "bad"))
        let other = ScriptedWrite()
        WriteBatch(writes: [good, bad, other]).run(on: connection)
        #expect(connection.log == ["begin", "savepoint", "savepoint", "undo", "savepoint", "commit"])
        #expect(good.told == ["committed"] && other.told == ["committed"])
        #expect(bad.told == ["failed bad"])
    }

    @Test("nobody is told before the commit has returned")
    func notBeforeCommit() {
        let write = ScriptedWrite()
        let other = ScriptedWrite()
        let connection = ScriptedConnection()
        connection.beforeCommit = { #expect(write.told.isEmpty && other.told.isEmpty) }
        WriteBatch(writes: [write, other]).run(on: connection)
        #expect(write.told == ["committed"])
    }

    @Test("a commit that certainly failed is tried again write by write")
    func oneByOne() {
        let connection = ScriptedConnection()
        connection.commitFailures = [
            .undone(Failure(name: "disk")), nil, .undone(Failure(name: "disk")),
        ]
        let first = ScriptedWrite()
        let second = ScriptedWrite()
        WriteBatch(writes: [first, second]).run(on: connection)
        #expect(first.told == ["committed"] && first.runs == 2)
        #expect(second.told == ["failed disk"] && second.runs == 2)
    }

    @Test("a commit that may have succeeded is not tried again")
    func unknownOutcome() {
        let connection = ScriptedConnection()
        connection.commitFailures = [.unknown(Failure(name: "lost"))]
        let first = ScriptedWrite()
        let second = ScriptedWrite()
        WriteBatch(writes: [first, second]).run(on: connection)
        #expect(first.told == ["failed lost"] && second.told == ["failed lost"])
        #expect(first.runs == 1 && second.runs == 1)
    }

    @Test("a write that met a conflict is run again, and not for ever")
    func conflicts() {
        let connection = ScriptedConnection()
        let conflict = TransactionFailure.conflict(Failure(name: "in the way"))
        connection.commitFailures = [conflict, conflict, nil, conflict, conflict, conflict]
        let write = ScriptedWrite()
        let unlucky = ScriptedWrite()
        WriteBatch(writes: [write]).run(on: connection)
        #expect(write.told == ["committed"] && write.runs == 3)
        WriteBatch(writes: [unlucky]).run(on: connection)
        #expect(unlucky.told == ["failed in the way"] && unlucky.runs == 3)
    }

    @Test("a failure that ends the transaction as a whole spares the others")
    func wholeTransactionLost() {
        let connection = ScriptedConnection()
        let good = ScriptedWrite()
        let fatal = ScriptedWrite(error: Failure(name: "full"))
        connection.losesTransactionOnUndo = true
        WriteBatch(writes: [good, fatal]).run(on: connection)
        #expect(good.told == ["committed"])
        #expect(fatal.told == ["failed full"])
    }

    @Test("a batch is bounded, and the oldest come first")
    func bounded() {
        let queue = CommitQueue()
        let writes = (0..<CommitQueue.batchLimit + 3).map { _ in ScriptedWrite() }
        for write in writes { queue.add(write) }
        let first = queue.takeBatch()
        #expect(first.map { ObjectIdentifier($0 as AnyObject) } == writes.dropLast(3).map { ObjectIdentifier($0) })
        #expect(queue.takeBatch().count == 3)
        #expect(queue.takeBatch().isEmpty)
    }

    // MARK: A connection and writes that do as they are told

    private final class ScriptedWrite: QueuedWrite {
        private struct State {
            var runs = 0
            var told: [String] = []
        }

        let error: Failure?
        private let state = Mutex(State())

        init(error: Failure? = nil) { self.error = error }

        var runs: Int { state.withLock { $0.runs } }
        var told: [String] { state.withLock { $0.told } }

        func run(in session: any SQLSession) throws {
            state.withLock { $0.runs += 1 }
            if let error { throw error }
        }

        func committed() { state.withLock { $0.told.append("committed") } }

        func failed(_ error: any Error) {
            state.withLock { $0.told.append("failed \((error as? Failure)?.name ?? "\(error)")") }
        }
    }

    private final class ScriptedConnection: BatchConnection {
        var log: [String] = []
        var commitFailures: [TransactionFailure?] = []
        var losesTransactionOnUndo = false
        var beforeCommit: () -> Void = {}
        private(set) var isInTransaction = false

        func transaction(_ body: () throws -> Void) throws(TransactionFailure) {
            log.append("begin")
            isInTransaction = true
            defer { isInTransaction = false }
            do {
                try body()
            } catch {
                throw .undone(error)
            }
            beforeCommit()
            if !commitFailures.isEmpty, let failure = commitFailures.removeFirst() { throw failure }
            log.append("commit")
        }

        func savepoint(_ body: (any SQLSession) throws -> Void) throws {
            log.append("savepoint")
            do {
                try body(NoSession())
            } catch {
                log.append("undo")
                if losesTransactionOnUndo { isInTransaction = false }
                throw error
            }
        }

        func session(_ body: (any SQLSession) throws -> Void) throws { try body(NoSession()) }

        func mayRunAgain(after attempts: Int) -> Bool { attempts < 3 }
    }

    private struct NoSession: SQLSession {
        let scope = TransactionScope()
        func execute(_ sql: String, _ parameters: [SQLValue]) throws -> Int { 0 }
        func query(_ sql: String, _ parameters: [SQLValue]) throws -> [SQLRow] { [] }
        func forEachRow(_ sql: String, _ parameters: [SQLValue], _ body: (SQLRow) throws -> Void) throws {}
    }
}
