import Answers
import ArgumentParser
import ControlPlane
import Lifecycle

/// A command that works on a state: this machine's, or with `--server` a server's.
protocol StateCommand: AsyncParsableCommand, Sendable {
    var options: GlobalOptions { get }
}

/// One that asks one thing and prints the answer. Both sides answer with the same values.
protocol AnswerCommand: StateCommand {
    /// Whether the state is made where there is none.
    static var isCreating: Bool { get }
    /// Whether notices that are due are told at the end.
    static var isTelling: Bool { get }
    /// How the command ends where there are changes, or were.
    var statusOfChanges: ExitStatus { get }

    /// The answer of this machine's state.
    func answer(_ installation: Installation) async throws -> Printout
    /// What a server is asked for the same.
    func call(_ server: RemoteServer) async throws -> RemoteCall
}

extension AnswerCommand {
    static var isCreating: Bool { false }
    static var isTelling: Bool { true }
    var statusOfChanges: ExitStatus { .done }

    func run() async throws {
        let ended =
            if let server = try await RemoteServer(options) {
                try await server.show(try await call(server), on: options.console)
            } else {
                try await options.withInstallation(creating: Self.isCreating, telling: Self.isTelling) {
                    let installation = $0
                    let printout = try await LifecycleDenial.run { try await answer(installation) }
                    options.console.show(printout)
                    return printout.status
                }
            }
        let status = ended == .changes ? statusOfChanges : ended
        guard status == .done else { throw status }
    }
}

/// A command that has nothing to ask of a server.
protocol LocalCommand: AsyncParsableCommand {
    /// Why not, and what else to do, as the end of a sentence.
    static var reason: String { get }
    /// Whether it works on a state, so that a server in the environment is no reason to take another one.
    static var needsState: Bool { get }
    var options: GlobalOptions { get }
}

extension LocalCommand {
    static var needsState: Bool { false }

    /// - Throws: ``ExitStatus/failed`` where a server is named all the same, once that was said.
    func refuseServer() throws {
        guard options.server != nil || (Self.needsState && options.serverAddress != nil) else { return }
        Console.complain("error: this is not asked of a server: \(Self.reason)")
        throw ExitStatus.failed
    }
}

/// What only a machine with the files at hand does.
protocol FileCommand: LocalCommand {}

extension FileCommand {
    static var reason: String { "it works on files, here; leave --server out" }
}

/// What only a machine with the state at hand does.
protocol KeeperCommand: LocalCommand {}

extension KeeperCommand {
    static var needsState: Bool { true }
    static var reason: String { "run it where the state is, and leave --server and $TENURE_SERVER out" }
}

/// Signing in and out: with `--server` at the provider of that server.
protocol AccountCommand: AsyncParsableCommand {
    var options: GlobalOptions { get }
}
