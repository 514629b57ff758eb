import ArgumentParser
import Foundation
import TestSupport

/// Breaks the command at every durable step of every story, and asks the targets and the log what is left of it.
@main
struct CrashTestCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "crash-test",
        abstract: "Break tenure at every durable step, tell it again, and see whether anything was lost or doubled.",
        discussion: """
            Prints a line for each story and place, and at the end faults=N survived=N lost=0 doubled=0. Exit codes: \
            0 every fault was survived (with --without: was not), 1 otherwise.
            """)

    @Option(help: "Only this database; repeat for more.")
    var database: [StateKind] = []

    @Option(help: "Only this connector; repeat for more.")
    var connector: [TargetKind] = []

    @Option(help: "Only the story of this name; repeat for more.")
    var story: [String] = []

    @Option(help: "Only faults of this kind; repeat for more.")
    var action: [Fault.Action] = []

    @Flag(help: "A bounded part of it: all kills of one story, every seventh step of some others.")
    var sample = false

    @Option(help: "Leave out a defence: journal, idempotency-key, fencing or read-back. Repeat for more, one by one.")
    var without: [String] = []

    @Flag(help: "With --without: stop at the first fault that is not survived.")
    var untilNoticed = false

    @Flag(help: "Only compare how many flushes the hook and strace see.")
    var checkHook = false

    @Option(help: "How many stories at once.")
    var jobs = 2

    @Option(help: "Only write to this database, PLACE,WRITERS,FIRST[,COUNT], and say each number once it is durable.")
    var write: String?

    func run() async throws {
        if let write { return try await acknowledge(write.split(separator: ",").map(String.init)) }
        guard !checkHook else { return try await runHookCheck() }
        guard without.isEmpty else { return try await runWithoutDefences() }
        let courses = (sample ? sampled : full).map { $0.only(action) }
        let tally = try await Campaign(courses: courses, jobs: jobs).run()
        Campaign.say(tally.line)
        if !tally.isClean { throw ExitCode.failure }
    }

    private func acknowledge(_ words: [String]) async throws {
        guard words.count >= 3, let writers = Int(words[1]), let first = Int(words[2]) else {
            throw ValidationError("it is PLACE,WRITERS,FIRST or PLACE,WRITERS,FIRST,COUNT")
        }
        let count = words.count > 3 ? Int(words[3]) : nil
        try await AcknowledgedWrites(on: words[0], writers: writers, first: first, count: count).run()
    }

    private func runHookCheck() async throws {
        let world = try await World(Place(state: states[0], target: targets[0]), without: nil)
        defer { world.close() }
        guard let disagreement = try await HookCheck(world: world, story: stories[0]).disagreement() else {
            return Campaign.say("the hook sees every durable step that strace sees")
        }
        Campaign.say(disagreement)
        throw ExitCode.failure
    }

    /// Each is left out alone, and each time something has to be lost or doubled.
    private func runWithoutDefences() async throws {
        var unnoticed: [String] = []
        for defence in without {
            let courses = [Course.telling(Place(state: states[0], target: targets[0]), stories[0])]
            let tally = try await Campaign(courses: courses, jobs: 1, missing: defence, stopsWhenNoticed: untilNoticed)
                .run()
            let verdict = tally.isClean ? "NOT NOTICED" : "noticed"
            Campaign.say("without \(defence): \(tally.line): \(verdict)")
            if tally.isClean { unnoticed.append(defence) }
        }
        if !unnoticed.isEmpty { throw ExitCode.failure }
    }

    private var full: [Course] {
        states.flatMap { state in
            targets.flatMap { target in
                stories.map { Course.full(Place(state: state, target: target), $0) }
            }
        }
    }

    private var sampled: [Course] {
        states.flatMap { state in
            let files = Place(state: state, target: .directory)
            let others = stories.dropFirst().map { Course.sample(files, $0, every: 7) }
            let systems = [TargetKind.ldap, .scim].map {
                Course.sample(Place(state: state, target: $0), stories[0], every: 14)
            }
            return [Course.telling(files, stories[0])] + others + systems
        }
    }

    private var states: [StateKind] { database.isEmpty ? StateKind.allCases : database }
    private var targets: [TargetKind] { connector.isEmpty ? TargetKind.allCases : connector }

    /// The leaver first: it is the one that must never go wrong.
    private var stories: [Story] {
        let chosen = story.isEmpty ? Story.all : Story.all.filter { story.contains($0.name) }
        return chosen.filter { $0.name == "leaver" } + chosen.filter { $0.name != "leaver" }
    }

    mutating func validate() throws {
        let unknown = story.filter { name in !Story.all.contains { $0.name == name } }
        guard unknown.isEmpty else {
            throw ValidationError("no story is called \(unknown); there are \(Story.all.map(\.name))")
        }
    }
}

extension Fault.Action: ExpressibleByArgument {}
extension StateKind: ExpressibleByArgument {}
extension TargetKind: ExpressibleByArgument {}
