import AccessModel
import ConnectorKit
import Synchronization
import TestSupport
import Testing

@testable import WorkflowEngine

@Suite("Workers on one database")
struct WorkerTests {
    /// Stops whoever comes to it first until it is opened.
    actor Barrier {
        private var isTaken = false
        private var isOpen = false
        private var arrivals: [CheckedContinuation<Void, Never>] = []
        private var stopped: CheckedContinuation<Void, Never>?

        func pass() async {
            guard !isTaken else { return }
            isTaken = true
            for arrival in arrivals { arrival.resume() }
            arrivals = []
            if !isOpen { await withCheckedContinuation { stopped = $0 } }
        }

        func arrival() async {
            if !isTaken { await withCheckedContinuation { arrivals.append($0) } }
        }

        func open() {
            isOpen = true
            stopped?.resume()
            stopped = nil
        }
    }

    @Test(
        "one that was paused wakes up and writes nothing",
        arguments: [DurableBoundary.afterClaim, .beforeApply, .afterApply, .beforeResults])
    func staleWorker(boundary: DurableBoundary) async throws {
        try await Bench.with { bench in
            try await bench.open("c1", .definitions, nil, [try Make.group(.add, "g1")])
            let barrier = Barrier()
            let sleepy = bench.workflow {
                $0.owner = "sleepy"
                $0.crashPoint = { if $0 == boundary { await barrier.pass() } }
            }
            async let late = sleepy.runUntilQuiescent(budget: .zero)
            await barrier.arrival()
            bench.clock.advance(by: .minutes(10))
            let taken = try await bench.workflow { $0.owner = "awake" }.runUntilQuiescent(budget: .zero)
            #expect(taken.verified == 1)
            let before = try await bench.records().count
            let steps = try await bench.steps("c1")
            let calls = try await bench.corp.calls.count
            await barrier.open()
            let summary = try await late
            #expect(summary.verified == 0 && summary.failedAttempts == 0)
            #expect(try await bench.records().count == before)
            #expect(try await bench.steps("c1") == steps)
            #expect(try await bench.corp.calls.count == calls)
        }
    }

    @Test("a call that was paused between two of its requests may not begin another")
    func lateRequest() async throws {
        try await Bench.with { bench in
            try await bench.open("c1", .definitions, nil, [try Make.group(.add, "g1")])
            let (clock, answers) = (bench.clock, Answers())
            try await bench.corp.onApply { _ in
                answers.values.withLock { $0.append(CallDeadline.isOver) }
                clock.advance(by: .minutes(10))
                answers.values.withLock { $0.append(CallDeadline.isOver) }
            }
            _ = try await bench.workflow().runUntilQuiescent(budget: .zero)
            #expect(answers.values.withLock { $0.prefix(2) } == [false, true])
        }
    }

    private final class Answers: Sendable {
        let values = Mutex<[Bool]>([])
    }

    @Test(
        "one that wakes up while another one has its step writes nothing",
        arguments: [DurableBoundary.beforeApply, .afterApply, .beforeResults])
    func staleBesideNew(boundary: DurableBoundary) async throws {
        try await Bench.with { bench in
            try await bench.open("c1", .definitions, nil, [try Make.group(.add, "g1")])
            let (early, late) = (Barrier(), Barrier())
            async let sleepy = bench.workflow {
                $0.owner = "sleepy"
                $0.crashPoint = { if $0 == boundary { await early.pass() } }
            }.runUntilQuiescent(budget: .zero)
            await early.arrival()
            bench.clock.advance(by: .minutes(10))
            async let awake = bench.workflow {
                $0.owner = "awake"
                $0.crashPoint = { if $0 == .beforeResults { await late.pass() } }
            }.runUntilQuiescent(budget: .zero)
            await late.arrival()
            let before = try await bench.records().count
            let steps = try await bench.steps("c1")
            await early.open()
            #expect(try await sleepy.verified == 0)
            #expect(try await bench.records().count == before)
            #expect(try await bench.steps("c1") == steps)
            await late.open()
            #expect(try await awake.verified == 1)
            #expect(try await bench.state("c1") == .active)
        }
    }

    @Test("side by side do everything once")
    func sideBySide() async throws {
        try await Bench.with(targets: ["corp", "wiki"]) { bench in
            for index in 1...30 {
                let changes = try ["corp", "wiki"].flatMap { target in
                    try (1...4).map { try Make.membership(.add, "e-\(index)", "g\($0)", on: target) }
                }
                try await bench.open("c\(index)", .joiner, "e-\(index)", changes)
            }
            try await withThrowingTaskGroup(of: RunSummary.self) { group in
                for worker in 1...4 {
                    group.addTask {
                        try await bench.workflow {
                            $0.owner = "worker-\(worker)"
                            $0.batch = 8
                        }.runUntilQuiescent(budget: .seconds(10))
                    }
                }
                let verified = try await group.reduce(0) { $0 + $1.verified }
                #expect(verified == 240)
            }
            for target in bench.targets.values { #expect(await target.calls.count == 120) }
            for index in 1...30 { #expect(try await bench.state("c\(index)") == .active) }
        }
    }

    @Test("tokens only grow")
    func fences() async throws {
        try await Bench.with { bench in
            try await bench.corp.refuseStaleFences()
            try await bench.corp.inject(.fail(.targetFailure), times: 3)
            try await bench.open("c1", .definitions, nil, [try Make.group(.add, "g1")])
            _ = try await bench.workflow().runUntilQuiescent(budget: .hours(1))
            let tokens = try await bench.corp.calls.map(\.context.fencingToken)
            #expect(tokens.count == 4 && tokens == Array(Set(tokens)).sorted())
            #expect(Set(try await bench.corp.calls.map(\.context.idempotencyKey)) == ["c1/1"])
            #expect(try await bench.corp.calls.map(\.context.attempt) == [1, 2, 3, 4])
        }
    }
}

/// A worker that is told to stop.
@Suite struct StoppedWorkerTests {
    /// Cancels a task, also one that is not there yet.
    private final class Stop: Sendable {
        private struct State {
            var isAsked = false
            var task: Task<RunSummary, any Error>?
        }

        private let state = Mutex(State())

        func ask() {
            state.withLock { state in
                state.isAsked = true
                state.task?.cancel()
            }
        }

        func aim(at task: Task<RunSummary, any Error>) {
            state.withLock { state in
                state.task = task
                if state.isAsked { task.cancel() }
            }
        }
    }

    @Test("it finishes what it has told a target, hands back the rest, and leaves no lease to run out")
    func stop() async throws {
        try await Bench.with { bench in
            let changes = try (1...20).map { try Make.group(.add, "g\($0)") }
            try await bench.open("c1", .definitions, nil, changes)
            let stop = Stop()
            try await bench.corp.onApply { _ in stop.ask() }
            let workflow = bench.workflow { $0.concurrency = 1 }
            let task = Task { try await workflow.runUntilQuiescent(budget: .zero) }
            stop.aim(at: task)
            await #expect(throws: CancellationError.self) { _ = try await task.value }
            let leases = try await bench.database.read { session in
                try session.query("SELECT count(*) FROM steps WHERE lease_until IS NOT NULL").first?.integer(0)
            }
            #expect(leases == 0)
            let told = try await bench.corp.calls.count
            #expect(told >= 1 && told < 20)
            let verified = try await bench.database.read { session in
                try session.query("SELECT count(*) FROM steps WHERE state = 'verified'").first?.integer(0)
            }
            #expect(verified == Int64(told))
            // No time passes until another one goes on.
            try await bench.corp.onApply { _ in }
            let rest = try await bench.workflow { $0.owner = "worker-2" }.runUntilQuiescent(budget: .zero)
            #expect(rest.isFinished && rest.verified == 20 - told)
            #expect(try await bench.corp.calls.count == 20)
        }
    }
}
