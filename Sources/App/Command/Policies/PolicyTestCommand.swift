import Answers
import ArgumentParser
import ControlPlane
import Policies

struct PolicyTestCommand: FileCommand {
    static let configuration = CommandConfiguration(
        commandName: "test", abstract: "Decide every case beside the policies, and say which policies none exercised.",
        discussion: "Exits 1 when a case does not hold.")

    @Argument(help: "The folder that holds platform.yaml.")
    var directory = "."

    @OptionGroup var options: GlobalOptions

    func run() async throws {
        let console = options.console
        let report = try Installation.testPolicies(directory)
        if console.format == .json {
            console.print(report.json.prettyText)
        } else {
            print(report, console)
        }
        if !report.failed.isEmpty { throw ExitStatus.failed }
    }

    private func print(_ report: CaseReport, _ console: Console) {
        for result in report.results {
            let place = result.policyCase.place
            let name = TextTable.visible(result.policyCase.name)
            console.print("\(place): \(result.holds ? "ok" : "FAILED"): \(name)")
            guard !result.holds else { continue }
            for failure in result.failures { console.print("    " + TextTable.visible(failure)) }
            for line in result.decision.lines { console.print("    " + TextTable.visible(line)) }
        }
        for coverage in report.unexercised {
            console.print("\(coverage.place): not exercised by any case: \(coverage.policy)")
        }
        let exercised = report.coverage.count - report.unexercised.count
        console.note(
            "\(report.results.count) \(report.results.count == 1 ? "case" : "cases"), \(report.failed.count) failed; "
                + "\(exercised) of \(report.coverage.count) policies exercised")
    }
}
