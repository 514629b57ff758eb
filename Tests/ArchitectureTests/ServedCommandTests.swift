import Foundation
import Testing

/// What each command does with `--server` is decided, and the reference says so.
@Suite struct ServedCommandTests {
    /// What the reference says of the commands of each protocol.
    private static let words = [
        "AnswerCommand": "asks the server", "StateCommand": "asks the server",
        "FileCommand": "refuses: it works on files", "KeeperCommand": "refuses: it is run where the state is",
        "AccountCommand": "signs in there, or out",
    ]

    @Test func everyCommandIsOfOneKind() throws {
        let leaves = try CommandTree().leaves
        #expect(leaves.count > 60)
        for leaf in leaves {
            #expect(
                Self.words[leaf.kind] != nil, "`\(leaf.text)` does not say what it does with --server: \(leaf.kind)")
        }
    }

    @Test func theReferenceSaysWhatEachDoes() throws {
        let rows = try rows()
        let leaves = try CommandTree().leaves
        for leaf in leaves {
            #expect(
                rows[leaf.text] == Self.words[leaf.kind], "docs/reference/commands.md, With a server: `\(leaf.text)`")
        }
        for command in rows.keys {
            #expect(leaves.contains { $0.text == command }, "`\(command)` is no command")
        }
    }

    /// Of the table under `With a server`: each command, and what stands behind it.
    private func rows() throws -> [String: String] {
        let text = try String(
            contentsOf: SourceFile.root.appending(path: "docs/reference/commands.md"), encoding: .utf8)
        let section = text.components(separatedBy: "\n## ").first { $0.hasPrefix("With a server") } ?? ""
        var rows: [String: String] = [:]
        for line in section.split(separator: "\n") where line.hasPrefix("| `tenure ") {
            let cells = line.split(separator: "|").map { $0.trimmingCharacters(in: .whitespaces) }
            guard cells.count == 2 else { continue }
            for match in cells[0].matches(of: /`(tenure [^`]+)`/) {
                #expect(rows[String(match.1)] == nil, "`\(match.1)` stands twice")
                rows[String(match.1)] = cells[1]
            }
        }
        return rows
    }
}
