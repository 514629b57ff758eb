import Foundation
import Testing

/// What the documentation names is there.
@Suite struct DocumentTests {
    private func exists(_ path: String) -> Bool {
        FileManager.default.fileExists(atPath: SourceFile.root.appending(path: path).standardizedFileURL.path)
    }

    @Test func linksLeadSomewhere() throws {
        let documents = try Document.all()
        var count = 0
        for document in documents {
            for link in document.links {
                count += 1
                let parts = link.split(separator: "#", maxSplits: 1, omittingEmptySubsequences: false).map(String.init)
                let folder = (document.path as NSString).deletingLastPathComponent
                let joined = parts[0].isEmpty ? document.path : (folder as NSString).appendingPathComponent(parts[0])
                let path = (joined as NSString).standardizingPath
                #expect(exists(path), "\(document.path) links to `\(link)`, which is not there")
                guard parts.count == 2, let other = documents.first(where: { $0.path == path }) else { continue }
                #expect(other.anchors.contains(parts[1]), "\(document.path): no heading `\(parts[1])` in \(path)")
            }
        }
        #expect(count > 30)
    }

    @Test func pathsAreThere() throws {
        var count = 0
        for document in try Document.all() {
            for path in document.paths {
                count += 1
                #expect(exists(path), "\(document.path) names `\(path)`, which is not there")
            }
        }
        #expect(count > 60)
    }

    @Test func commandsAreTaken() throws {
        let tree = try CommandTree()
        #expect(tree.subcommands.count > 10)
        var count = 0
        for document in try Document.all() {
            for words in document.commands {
                count += 1
                #expect(tree.takes(words), "\(document.path): `tenure \(words.joined(separator: " "))` is no command")
            }
        }
        #expect(count > 60)
        #expect(!tree.takes(["fly"]))
        #expect(!tree.takes(["audit", "fly"]))
    }

    @Test func everyCommandIsInTheReference() throws {
        let reference = try Document.all().first { $0.path == "docs/reference/commands.md" }
        let named = Set(reference?.commands ?? [])
        for (command, subcommands) in try CommandTree().subcommands {
            for words in subcommands.isEmpty ? [[command]] : subcommands.map({ [command, $0] }) {
                #expect(
                    named.contains { $0.starts(with: words) },
                    "docs/reference/commands.md lacks `tenure \(words.joined(separator: " "))`")
            }
        }
    }
}
