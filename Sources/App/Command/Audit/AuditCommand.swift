import ArgumentParser

struct AuditCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "audit", abstract: "The log of everything: read it, prove it, verify it offline.",
        subcommands: [
            AuditLogCommand.self, AuditProveCommand.self, AuditVerifyCommand.self, AuditExportCommand.self,
            AuditCheckpointCommand.self,
        ], defaultSubcommand: AuditLogCommand.self)
}
