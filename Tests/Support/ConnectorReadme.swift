import Foundation

/// What a connector's README tells its readers to set up, word for word, so that the tests run with nothing else.
public enum ConnectorReadme {
    /// The first block of code in a language that holds a text.
    ///
    /// - Parameter folder: Of the connector, under `Sources/Connectors`.
    public static func block(of folder: String, in language: String, holding text: String = "") throws -> String {
        let path = TestSystems.packageDirectory + "/Sources/Connectors/\(folder)/README.md"
        let page = try String(contentsOfFile: path, encoding: .utf8)
        let blocks = page.components(separatedBy: "```\(language)\n").dropFirst().compactMap {
            $0.components(separatedBy: "```").first
        }
        guard let block = blocks.first(where: { text.isEmpty || $0.contains(text) }) else {
            throw ToolFailure(description: "the README of \(folder) has no block of \(language)")
        }
        return block
    }
}
