import AccessModel
import ArgumentParser
import ControlPlane
import Foundation
import Glibc
import Lifecycle

struct ApplyCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "apply", abstract: "Make a reviewed plan, or the plan of a folder, happen.",
        discussion: """
            A plan file is applied only if planning anew gives the same hash. What an earlier apply left open goes on, \
            too.
            """)

    @Argument(help: "A file that `plan --out` wrote, or the folder that holds platform.yaml.")
    var source = "."

    @Option(help: "Only what concerns this person, an id or an e-mail.")
    var person: String?

    @Option(help: "How long to wait for targets that ask to be tried again later: 30s, 5m or PT5M.")
    var wait = Span.seconds(30)

    @Flag(name: .shortAndLong, help: "Do not ask.")
    var yes = false

    @Flag(help: "Exit with 2 when there were changes.")
    var detailedExitcode = false

    @OptionGroup var options: GlobalOptions

    func run() async throws {
        let reviewed = try ReviewedPlan.ifFile(source)
        try await options.withInstallation { installation in
            let sweep = try await installation.endOverdue()
            let surveyed =
                if let reviewed {
                    try await installation.survey(reviewed)
                } else {
                    try await installation.survey(source, person: person)
                }
            let applier = PlanApplier(console: options.console, wait: wait)
            let isShown = reviewed == nil && !yes ? try applier.confirm(surveyed) : false
            let applied = try await applier.apply(surveyed, on: installation, isShown: isShown, after: sweep)
            try applier.finish(applied, detailedExitcode: detailedExitcode)
        }
    }
}
