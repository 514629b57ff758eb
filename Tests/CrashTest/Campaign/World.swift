import AuditTrail
import Foundation
import StrictJSON
import TestSupport

/// One installation of the example with its target, put back to the beginning before each story.
final class World: Sendable {
    /// In memory where the system has that: a process that is killed leaves the same behind there, and nobody waits
    /// for a disk.
    private let folder: String
    private let target: any TargetSystem
    private let state: any StateSystem
    /// The product.
    private let tenure: TenureCommand
    /// What is under test: the product, or the product without a defence.
    private let subject: TenureCommand
    private let prefix: [String]
    private let hook: FaultHook
    /// Records that there are before any story.
    private let baseline: Int

    /// - Parameter missing: A defence to leave out, by its name on the command line.
    init(_ place: Place, without missing: String?) async throws {
        let memory = "/dev/shm"
        let base = FileManager.default.isWritableFile(atPath: memory) ? memory : NSTemporaryDirectory()
        folder = "\(base)/tenure-crash-\(UUID().uuidString)"
        try FileManager.default.createDirectory(
            atPath: folder + "/organization/tenants", withIntermediateDirectories: true)
        hook = try FaultHook()
        target = try await place.target.start(in: folder)
        state = try await place.state.start(in: folder)
        var commands = [try TenureCommand(in: folder)]
        if missing != nil { commands.append(try TenureCommand(in: folder, named: "tenure-undefended")) }
        for index in commands.indices {
            commands[index].limit = .seconds(300)
            commands[index].environment.merge(state.environment) { _, new in new }
            commands[index].environment.merge(target.environment) { _, new in new }
        }
        tenure = commands[0]
        subject = commands[commands.count - 1]
        prefix = missing.map { ["--without", $0] } ?? []
        baseline = try await Self.prepare(folder, target, tenure)
        try target.save()
        try state.save()
    }

    /// Ends what it started and removes what it wrote.
    func close() {
        target.stop()
        do {
            try state.stop()
        } catch {
            Campaign.say("cannot remove the database: \(error)")
        }
        for path in [folder, hookLogPath] where FileManager.default.fileExists(atPath: path) {
            do {
                try FileManager.default.removeItem(atPath: path)
            } catch {
                Campaign.say("cannot remove \(path): \(error)")
            }
        }
    }

    /// The example after its first apply; how many records that made.
    private static func prepare(
        _ folder: String, _ target: any TargetSystem, _ command: TenureCommand
    ) async throws -> Int {
        try write(ExampleOrganization.files(target: target.definition), in: folder)
        for arguments in [["people", "import", "people.csv"], ["apply", "organization", "--yes"]] {
            let outcome = try await command.at("2026-11-21T08:00:00Z").run(arguments)
            guard outcome.status == 0 else {
                throw TargetTrouble(description: "the example cannot be applied: \(outcome.everything)")
            }
        }
        return try await records(folder, command).count
    }

    private static func write(_ files: [String: String], in folder: String) throws {
        for (name, text) in files { try Data(text.utf8).write(to: URL(filePath: "\(folder)/\(name)")) }
    }

    // MARK: A story

    /// Puts everything back, and lets the story's files appear.
    func begin(_ story: Story) throws {
        for name in Story.all.flatMap(\.files.keys) {
            let path = "\(folder)/\(name)"
            if FileManager.default.fileExists(atPath: path) { try FileManager.default.removeItem(atPath: path) }
        }
        try Self.write(ExampleOrganization.files(target: target.definition), in: folder)
        try Self.write(story.files, in: folder)
        try target.restore()
        try state.restore()
        if FileManager.default.fileExists(atPath: hookLogPath) {
            try FileManager.default.removeItem(atPath: hookLogPath)
        }
    }

    private var hookLogPath: String { folder + ".hook" }

    var hookLog: HookLog { HookLog(path: hookLogPath) }

    /// Tells the story to a process in which something goes wrong, or nothing.
    func tell(_ story: Story, with fault: Fault?) async throws -> TenureCommand.Outcome {
        let armed = hook.arm(
            subject.at(story.clock), with: fault, root: folder, ports: target.ports + state.ports, log: hookLogPath)
        return try await armed.run(prefix + story.arguments)
    }

    /// Tells it under strace and the hook at once; what strace saw of flushes, renames and removals.
    func tell(
        _ story: Story, under strace: String
    ) async throws -> (outcome: TenureCommand.Outcome, trace: String) {
        let armed = hook.arm(subject.at(story.clock), with: nil, root: folder, ports: [], log: hookLogPath)
        let trace = folder + ".strace"
        let traced = armed.under([strace, "-f", "-e", "trace=fsync,fdatasync,rename,unlink", "-o", trace])
        let outcome = try await traced.run(story.arguments)
        let text = try String(contentsOfFile: trace, encoding: .utf8)
        try FileManager.default.removeItem(atPath: trace)
        return (outcome, text)
    }

    /// Tells it again to a process of its own, as whoever finds the first one gone.
    ///
    /// - Parameter later: So late that every lease of the first one is over.
    func tellAgain(_ story: Story, later: Bool) async throws -> TenureCommand.Outcome {
        let clock = later || !state.freesLeasesAtOnce ? story.later : story.clock
        return try await subject.at(clock).run(prefix + story.arguments)
    }

    /// Waits until a server has done what it was sent last: between a pause and what comes after it the story has ten
    /// minutes, a busy machine has moments.
    func letTargetSettle() async throws {
        guard !target.ports.isEmpty else { return }
        var seen = try target.holdings()
        for _ in 0..<20 {
            try await Task.sleep(for: .milliseconds(250))
            let now = try target.holdings()
            if now == seen { return }
            seen = now
        }
        throw TargetTrouble(description: "the target does not come to rest")
    }

    /// Whether everything is as the story wants it.
    func judge(_ story: Story) async throws -> Judgement {
        let holdings = try target.holdings()
        let standing = Judgement.holdings(holdings, expected: story.facts.expected(withRoles: target.hasRoles))
        return standing + (try await judgeLog(story))
    }

    private func judgeLog(_ story: Story) async throws -> Judgement {
        let exported = try await Self.export(folder, tenure.at(story.later))
        let key = try String(contentsOfFile: state.publicKey, encoding: .utf8)
        let report = try OfflineVerifier.verify(exported, vkey: key.trimmingCharacters(in: .whitespacesAndNewlines))
        guard report.isGenuine else {
            return Judgement(lost: ["the log does not verify: \(report.json.compactText)"])
        }
        let records = try Self.leaves(exported).dropFirst(baseline)
        return StoryLog(Array(records)).judge(changes: story.changes, event: story.event)
    }

    private static func records(_ folder: String, _ command: TenureCommand) async throws -> [JSONValue] {
        try leaves(try await export(folder, command.at("2026-11-21T08:00:00Z")))
    }

    private static func export(_ folder: String, _ command: TenureCommand) async throws -> [UInt8] {
        let outcome = try await command.run(["audit", "export", "log.jsonl"])
        guard outcome.status == 0 else {
            throw TargetTrouble(description: "the log cannot be exported: \(outcome.everything)")
        }
        return [UInt8](try Data(contentsOf: URL(filePath: folder + "/log.jsonl")))
    }

    private static func leaves(_ exported: [UInt8]) throws -> [JSONValue] {
        try exported.split(separator: UInt8(ascii: "\n")).compactMap { try JSONParser.parse($0)["leaf"] }
    }
}

extension TenureCommand {
    /// The same at another time.
    func at(_ clock: String) -> TenureCommand {
        var command = self
        command.environment["TENURE_CLOCK"] = clock
        return command
    }
}

extension Story {
    /// Ten minutes after its clock: every lease that was taken then is over.
    var later: String { clock.replacing(":00:30Z", with: ":10:30Z") }
}
