import AccessModel
import ArgumentParser
import ControlPlane
import Foundation
import WorkflowEngine

/// `tenure` for the crash test, without one of the defences: what it shows must be caught. Never installed.
@main
struct UndefendedCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(commandName: "tenure-undefended")

    @Option(help: "The defence to leave out.")
    var without: Defence

    @Argument(help: "What to do, as with tenure: event FILE, apply DIR, or reconcile.")
    var words: [String]

    @Flag(help: "Always so.")
    var apply = false

    @Flag(help: "Always so.")
    var yes = false

    @Option(help: "How long to wait for targets.")
    var wait = 30

    func run() async throws {
        let environment = ProcessInfo.processInfo.environment
        let folder = StateFolder(database: environment["TENURE_STATE"] ?? "", keys: environment["TENURE_KEYS"])
        let whole = try await Installation.open(folder, as: nil, creating: false)
        let installation = whole.without([without])
        do {
            let surveyed = try await survey(installation)
            let outcome = try await installation.apply(surveyed, patience: .seconds(Int64(wait))) { _, _ in }.outcome
            try await installation.close()
            guard outcome.isComplete else { throw ExitCode.failure }
        } catch {
            try await installation.close()
            throw error
        }
    }

    private func survey(_ installation: Installation) async throws -> Installation.Surveyed {
        switch (words.first, words.dropFirst().first) {
        case ("event", let file?):
            let bytes = [UInt8](try Data(contentsOf: URL(filePath: file)))
            let event = try await installation.people().accept(bytes).event
            return try await installation.surveyInForce(person: event.person.text)
        case ("apply", let folder?): return try await installation.survey(folder, person: nil)
        case ("reconcile", nil): return try await installation.surveyInForce()
        default: throw ValidationError("this is none of event FILE, apply DIR, reconcile")
        }
    }
}

extension Defence: ExpressibleByArgument {}
