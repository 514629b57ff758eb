import Answers
import ArgumentParser
import ControlPlane
import Foundation
import StrictJSON

struct CICommand: FileCommand {
    static let configuration = CommandConfiguration(
        commandName: "ci", abstract: "In a pipeline: check and plan the files, and say so on the pull request.",
        discussion: """
            Reads the variables of GitHub Actions and GitLab CI. With a state it plans against what is in force; without, \
            it shows what the files change from the commit that they are to be merged into. With the token in \
            TENURE_FORGE_TOKEN (or GITHUB_TOKEN) it writes a comment on the request and the status `tenure/plan`. \
            Changes nothing else.
            """)

    @Argument(help: "The folder that holds platform.yaml.")
    var directory = "."

    @Option(help: "The commit to compare with, where there is no state; else the pipeline's own.")
    var base: String?

    @Flag(help: "Say nothing at the forge.")
    var quiet = false

    @Flag(help: "Exit with 2 when there are changes.")
    var detailedExitcode = false

    @OptionGroup var options: GlobalOptions

    func run() async throws {
        try refuseServer()
        let environment = ProcessInfo.processInfo.environment
        let pipeline = PipelineRun(environment, event: Self.event(environment))
        let report = try await self.report(pipeline, environment)
        if options.output == .json {
            options.console.print(report.json.prettyText)
        } else {
            options.console.print(String(report.comment(limit: 1 << 20).dropLast()))
        }
        if let pipeline, !quiet { try await pipeline.post(report, environment) }
        switch report.ending {
        case .failed: throw ExitStatus.failed
        case .heldOrDenied: throw ExitStatus.heldOrDenied
        case .changes where detailedExitcode: throw ExitStatus.changes
        case .changes, .done: break
        }
    }

    private func report(_ pipeline: PipelineRun?, _ environment: [String: String]) async throws -> PlanReport {
        let head = pipeline?.head ?? "the working copy"
        let hasState = options.state != nil || environment["TENURE_STATE"].map { !$0.isEmpty } ?? false
        guard hasState else {
            return try await Installation.compare(directory, with: base ?? pipeline?.base, head: head)
        }
        return try await options.withInstallation(telling: false) { [directory] installation in
            try await installation.report(directory, head: head)
        }
    }

    /// What happened, as the runner wrote it down.
    private static func event(_ environment: [String: String]) -> JSONValue? {
        guard let path = environment["GITHUB_EVENT_PATH"], let data = FileManager.default.contents(atPath: path) else {
            return nil
        }
        do throws(JSONError) {
            return try JSONParser.parse(Array(data))
        } catch {
            return nil
        }
    }
}
