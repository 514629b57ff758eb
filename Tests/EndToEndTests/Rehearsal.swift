import Foundation
import StrictJSON
import TestSupport
import Testing

/// An organisation, its state and its targets in a folder of their own, and the real command to work on them.
struct Rehearsal: Sendable {
    /// What the clock says when the next command begins; RFC 3339.
    var clock = "2026-11-21T08:00:00Z"
    /// What runs every command: a path and arguments. None: it runs by itself.
    var wrapper: [String] = []
    /// Set for every command.
    var environment: [String: String] = [:]
    let folder: RehearsalFolder
    private let command: TenureCommand

    /// Mountainlab, with nobody known yet. The targets' limits are raised: the tests wait for no one.
    init() throws {
        try self.init(RehearsalFolder())
        try FileManager.default.copyItem(
            atPath: TestSystems.packageDirectory + "/Examples/mountainlab", toPath: path("mountainlab"))
        try edit("mountainlab/targets.yaml") { text in
            text.replacing("requests_per_second: 500,", with: "requests_per_second: 10000,")
        }
    }

    private init(_ folder: RehearsalFolder) throws {
        self.folder = folder
        command = try TenureCommand(in: folder.path)
    }

    /// Mountainlab after its first apply, with 36 people and everything read back.
    static func applied() async throws -> Rehearsal {
        let template = try await Self.template.value
        let rehearsal = try Rehearsal(RehearsalFolder())
        for name in ["mountainlab", "state"] {
            try FileManager.default.copyItem(atPath: template.path(name), toPath: rehearsal.path(name))
        }
        // The state knows where the definitions were applied from; the copy is elsewhere.
        _ = try await rehearsal.expect(0, "apply", "mountainlab", "--yes")
        return rehearsal
    }

    /// Made once for all tests.
    private static let template = Task<Rehearsal, any Error> {
        let rehearsal = try Rehearsal()
        atexit { Rehearsal.removeTemplate() }
        templatePath.withLock { $0 = rehearsal.folder.path }
        _ = try await rehearsal.expect(0, "people", "import", "mountainlab/hr/people.csv")
        _ = try await rehearsal.expect(0, "apply", "mountainlab", "--yes")
        return rehearsal
    }

    func path(_ name: String) -> String { folder.path + "/" + name }

    /// Runs a command, whatever comes of it.
    func run(
        _ arguments: [String], input: String = "", environment: [String: String] = [:],
        killed: TenureCommand.Kill? = nil
    ) async throws -> TenureCommand.Outcome {
        var command = prepared
        command.environment.merge(environment) { _, new in new }
        return try await command.run(arguments, input: input, killed: killed)
    }

    /// Starts a command and does not wait for it.
    func start(_ arguments: String...) throws -> TenureRun { try start(arguments) }

    func start(_ arguments: [String]) throws -> TenureRun { try prepared.start(arguments) }

    private var prepared: TenureCommand {
        var command = wrapper.isEmpty ? command : command.under(wrapper)
        command.environment["TENURE_CLOCK"] = clock
        command.environment.merge(environment) { _, new in new }
        return command
    }

    /// Runs a command that must end with the status.
    @discardableResult
    func expect(
        _ status: Int32, _ arguments: String..., input: String = "", environment: [String: String] = [:],
        sourceLocation: Testing.SourceLocation = #_sourceLocation
    ) async throws -> TenureCommand.Outcome {
        let outcome = try await run(arguments, input: input, environment: environment)
        let said = "tenure \(arguments.joined(separator: " ")): \(outcome.everything.prefix(3_000))"
        #expect(outcome.status == status, "\(said)", sourceLocation: sourceLocation)
        return outcome
    }

    /// Runs a command that must end with the status, with `-o json`.
    func json(
        _ arguments: String..., status: Int32 = 0, sourceLocation: Testing.SourceLocation = #_sourceLocation
    ) async throws -> JSONValue {
        let outcome = try await run(arguments + ["-o", "json"])
        let said = "tenure \(arguments.joined(separator: " ")): \(outcome.everything.prefix(3_000))"
        #expect(outcome.status == status, "\(said)", sourceLocation: sourceLocation)
        return try JSONParser.parse(outcome.output)
    }

    // MARK: Files

    func write(_ name: String, _ text: String) throws {
        try Data(text.utf8).write(to: URL(filePath: path(name)))
    }

    func read(_ name: String) throws -> String {
        try String(contentsOf: URL(filePath: path(name)), encoding: .utf8)
    }

    func edit(_ name: String, _ change: (String) -> String) throws {
        let old = try read(name)
        let new = change(old)
        #expect(old != new, "the edit of \(name) changes nothing")
        try write(name, new)
    }
}
