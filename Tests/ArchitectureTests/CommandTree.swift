import Foundation

/// The commands of `tenure`, as their sources declare them.
struct CommandTree {
    /// Command -> its subcommands; empty for one that has none.
    private(set) var subcommands: [String: Set<String>] = [:]

    /// A command that has no subcommands.
    struct Leaf {
        let words: [String]
        /// The protocol by which it is declared.
        let kind: String

        var text: String { "tenure " + words.joined(separator: " ") }
    }

    /// By their words.
    private(set) var leaves: [Leaf] = []

    private struct Declaration {
        let file: String
        let type: String
        let kind: String
        let name: String
        let subcommands: [String]
    }

    init() throws {
        let declarations = try SourceFile.all(under: "Sources/App/Command").flatMap(Self.declarations)
        func find(_ type: String, from file: String) -> Declaration? {
            let own = (file as NSString).lastPathComponent.replacing(".swift", with: "")
            return declarations.first { $0.type == type && $0.file == file }
                ?? declarations.first {
                    $0.type == type && ($0.file as NSString).lastPathComponent.hasPrefix(own + "+")
                }
                ?? declarations.first { $0.type == type }
        }
        func descend(_ command: Declaration, _ words: [String]) {
            if command.subcommands.isEmpty { leaves.append(Leaf(words: words, kind: command.kind)) }
            for below in command.subcommands.compactMap({ find($0, from: command.file) }) {
                descend(below, words + [below.name])
            }
        }
        guard let root = declarations.first(where: { $0.type == "RootCommand" }) else { return }
        for command in root.subcommands.compactMap({ find($0, from: root.file) }) {
            subcommands[command.name] = Set(command.subcommands.compactMap { find($0, from: command.file)?.name })
            descend(command, [command.name])
        }
    }

    /// Whether `tenure` takes these words at its beginning.
    func takes(_ words: [String]) -> Bool {
        guard let first = words.first else { return true }
        if first == "help" { return true }
        guard let below = subcommands[first] else { return false }
        guard words.count > 1, !below.isEmpty else { return true }
        return below.contains(words[1])
    }

    private static func declarations(in file: SourceFile) -> [Declaration] {
        let text = file.lines.joined(separator: "\n")
        let starts = text.matches(of: /struct (\w+): (\w*Command)\b/)
        return starts.enumerated().map { number, start in
            let end = number + 1 < starts.count ? starts[number + 1].range.lowerBound : text.endIndex
            let body = text[start.range.upperBound..<end]
            let type = String(start.1)
            let name = body.firstMatch(of: /commandName: "([^"]+)"/).map { String($0.1) }
            let lists = body.matches(of: /subcommands: \[([^\]]*)\]/).map(\.1)
            return Declaration(
                file: file.path, type: type, kind: String(start.2), name: name ?? type.lowercased(),
                subcommands: lists.flatMap { list in list.matches(of: /(\w+)\.self/).map { String($0.1) } })
        }
    }
}
