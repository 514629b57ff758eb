import ArgumentParser

struct BreakGlassCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "break-glass",
        abstract: "Sealed break-glass grants: signed beforehand, used while the control plane is down.",
        subcommands: [
            BreakGlassKeyCommand.self, BreakGlassSealCommand.self, BreakGlassSignCommand.self,
            BreakGlassShowCommand.self, BreakGlassOpenCommand.self, BreakGlassCloseCommand.self,
            BreakGlassReconcileCommand.self,
        ])
}
