import ArgumentParser
import Foundation
import StrictJSON

/// `tenure-benchmarks`: what `make bench` runs.
@main struct BenchmarkCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "tenure-benchmarks",
        abstract: "measures Tenure against limits and peers of the same run",
        subcommands: [ListCommand.self, RunCommand.self, ReportCommand.self, GrowthCommand.self, PrepareCommand.self])
}

struct ListCommand: ParsableCommand {
    static let configuration = CommandConfiguration(commandName: "list", abstract: "name every workload")

    func run() {
        for workload in Workload.all {
            print(workload.name.padding(toLength: 24, withPad: " ", startingAt: 0) + workload.title)
        }
    }
}

struct ReportCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "report", abstract: "write the newest results into the tables of a document")

    @Option(help: "where results are kept") var results = ResultFile.usual
    @Option(help: "the document; `-` prints the tables") var document = "docs/performance.md"

    func run() throws {
        let report = Report(measurements: try ResultFile(results).latest())
        guard document != "-" else {
            print(report.markdown)
            return
        }
        guard let text = report.replacingTables(in: try String(contentsOfFile: document, encoding: .utf8)) else {
            throw ValidationError("`\(document)` has no place for results: the line `\(Report.begin)` and its end")
        }
        try text.write(toFile: document, atomically: true, encoding: .utf8)
    }
}

extension ResultFile {
    static let usual = ".build/benchmarks/results.jsonl"
}
