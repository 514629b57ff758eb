import AccessModel

/// Reads an organisation's files: syntax, schema and every rule that the files alone can decide.
public struct DefinitionReader {
    /// Reports all errors of all files in one run; only a file that is no YAML is not read to its end.
    ///
    /// - Parameters:
    ///   - files: in any order; what ``DefinitionPath`` does not know as a definition is not parsed. Paths differ.
    ///   - connectors: the registered connectors by name, and what a target of each can hold.
    ///   - revision: what ``Organization/revision`` shall be.
    public static func read(
        _ files: [DefinitionFile], connectors: [String: TargetAbilities], revision: String
    ) -> DefinitionReading {
        var run = DefinitionRun(files: files, connectors: connectors)
        run.read()
        return run.reading(revision: revision)
    }
}
