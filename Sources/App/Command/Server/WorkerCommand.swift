import API
import ArgumentParser
import ControlPlane
import Foundation
import Logging

struct WorkerCommand: KeeperCommand {
    static let configuration = CommandConfiguration(
        commandName: "worker", abstract: "Work beside others on one PostgreSQL server, and answer nobody.",
        discussion: """
            Any number of workers and servers share the work; one of them leads, and another one when it dies. Ends on \
            SIGINT or SIGTERM, once what it has in hand is done or handed back.
            """)

    @OptionGroup var configured: ConfigurationOptions
    @OptionGroup var options: GlobalOptions

    func run() async throws {
        try refuseServer()
        let console = options.console
        let configuration = try options.configuration(configured)
        let environment = ProcessInfo.processInfo.environment
        let installation = try await Installation.open(
            try configuration.stateFolder(environment), as: options.actor, creating: true)
        do {
            let assembly = ServerAssembly(
                installation, configuration, port: configuration.port, environment: environment,
                version: RootCommand.version, logger: ServerLog.make(configuration))
            try await assembly.worker().run { port in
                let health = port > 0 ? ", health on 127.0.0.1:\(port)" : ""
                console.note("tenure \(RootCommand.version) works\(health); ends on SIGINT or SIGTERM")
            }
            try await installation.close()
        } catch {
            try await installation.close()
            throw error
        }
    }
}
