import ControlPlane

extension GlobalOptions {
    /// Opens the installation, runs `body`, and closes it again: what was recorded is then under a signed checkpoint,
    /// whether `body` returned or threw.
    func withInstallation<Value: Sendable>(
        creating: Bool = false, _ body: @Sendable (Installation) async throws -> Value
    ) async throws -> Value {
        let installation = try await Installation.open(stateFolder, as: actor, creating: creating)
        do {
            let value = try await body(installation)
            try await installation.close()
            return value
        } catch {
            do {
                try await installation.close()
            } catch let second {
                // What went wrong first is what the command ends with; the other is not kept quiet.
                Console.complain("error: \(TextTable.visible("\(second)"))")
            }
            throw error
        }
    }
}
