import ArgumentParser
import Foundation
import StrictJSON

/// Runs workloads. A goal that is not met is a result; only what could not be run is an error.
struct RunCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "run", abstract: "measure workloads; all of them without a name")

    @Argument(help: "names, as `list` prints them") var names: [String] = []
    @Option(help: "one size in place of the usual ones") var size: Int?
    @Option(help: "for how long a load is put on, in place of the usual time") var seconds: Double?
    @Option(help: "where results are appended") var results = ResultFile.usual
    @Option(name: [.customShort("o"), .long], help: "text or json") var output = Output.text

    enum Output: String, ExpressibleByArgument { case text, json }

    func validate() throws {
        for name in names where !Workload.all.contains(where: { $0.name == name }) {
            throw ValidationError("there is no workload `\(name)`; `list` names them")
        }
    }

    func run() async throws {
        let file = ResultFile(results)
        let output = output
        var failed: [String] = []
        for workload in Workload.all where names.isEmpty || names.contains(workload.name) {
            let bench = Bench(
                workload: workload.name, size: size, seconds: seconds,
                report: { measurement in
                    print(output == .json ? measurement.json.compactText : Report.row(measurement))
                    do { try file.append(measurement) } catch { Self.complain("results: \(error)") }
                }, say: Self.complain)
            do {
                try await workload.run(bench)
            } catch {
                failed.append(workload.name)
                Self.complain("\(workload.name): error: \(error)")
            }
        }
        if !failed.isEmpty { throw ExitCode(1) }
    }

    @Sendable private static func complain(_ text: String) {
        FileHandle.standardError.write(Data((text + "\n").utf8))
    }
}
