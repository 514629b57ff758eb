import TestSupport
import Testing

@testable import Definitions

/// A text without most lines of its long lists reads as the whole text does: the same values in the same places, and
/// never a word less about what is wrong.
@Suite struct PlainListsTests {
    @Test(arguments: 1...20 as ClosedRange<UInt64>) func anyTextReadsAlike(_ seed: UInt64) {
        var random = SeededGenerator(seed: seed)
        var shortened = 0
        for number in 0..<200 {
            var text = RandomText(&random, oddness: number % 4).bytes
            if number % 2 == 0 { text = RandomText.mutated(text, &random) }
            let file = DefinitionFile(path: "tenants/a.yaml", bytes: text)
            let whole = YAMLReader.readWhole(file)
            let read = YAMLReader.read(file)
            let shown = String(decoding: text, as: UTF8.self)
            #expect(read.diagnostics == whole.diagnostics, "\(shown)")
            #expect(read.tree.map(values) == whole.tree.map(values), "\(shown)")
            if YAMLReader.readShortened(file) != nil { shortened += 1 }
        }
        #expect(shortened >= 20)
    }

    @Test func namesOfAListKeepTheirPlaces() throws {
        let names = (0..<50).map { "person.\($0)@example.org" }
        let text = "before: 1\nlist:\n" + names.map { "  - \($0)\n" }.joined() + "after: [x]\n"
        let tree = try #require(YAMLReader.readShortened(DefinitionFile(path: "a.yaml", text: text))?.tree)
        let list = try #require(tree.keys(YAMLTree.root).first { tree.hasText($0, "list") }) + 1
        #expect(tree.elements(list).map { tree.string($0) } == names)
        #expect(tree.elements(list).map { tree.place($0).line } == Array(3..<53))
        #expect(tree.elements(list).allSatisfy { tree.place($0).column == 5 })
        let after = try #require(tree.keys(YAMLTree.root).first { tree.hasText($0, "after") })
        #expect(tree.place(after).line == 53)
    }

    @Test(arguments: [
        "text: |\n  - a\n  - b\n  - c\n  - d\n  - e\n", "text: one\n  - a\n  - b\n  - c\n  - d\n  - e\n",
        "text: \"\n  - a\n  - b\n  - c\n  - d\n  - e\n  \"\n", "- a\n- b\n- c\n- d\n- e\n  f\n",
    ])
    func whatOnlyLooksLikeAListIsReadWhole(_ text: String) {
        let file = DefinitionFile(path: "a.yaml", text: text)
        #expect(YAMLReader.readShortened(file) == nil)
        #expect(YAMLReader.read(file).tree.map(values) == YAMLReader.readWhole(file).tree.map(values))
    }

    private struct Value: Equatable {
        let kind: YAMLTree.Kind
        let isPlain: Bool
        let text: String
        let numbers: [Int32]
    }

    private func values(_ tree: YAMLTree) -> [Value] {
        tree.nodes.indices.map { number in
            let node = tree.nodes[number]
            return Value(
                kind: node.kind, isPlain: node.isPlain, text: node.kind == .scalar ? tree.string(number) : "",
                numbers: [node.line, node.column, node.count, node.next])
        }
    }
}

/// A text of lists, of what looks like lists, and of what lists stand in.
private struct RandomText {
    private(set) var bytes: [UInt8] = []

    /// One in three things is odd where `oddness` is 3, none where it is 0.
    init(_ random: inout SeededGenerator, oddness: Int) {
        func isOdd() -> Bool { Int.random(in: 0..<9, using: &random) < oddness }
        var text = ""
        for number in 0..<Int.random(in: 1...4, using: &random) {
            let opening = isOdd() ? Self.openings.randomElement(using: &random) ?? "" : "KEY:\n"
            text += opening.replacing("KEY", with: "key\(number)")
            let indent = String(repeating: " ", count: Int.random(in: 0...4, using: &random))
            let words = isOdd() ? Self.words : Self.plainWords
            for _ in 0..<Int.random(in: 0...9, using: &random) {
                text += indent + "- " + (words.randomElement(using: &random) ?? "a") + "\n"
            }
            if isOdd() { text += Self.closings.randomElement(using: &random) ?? "" }
        }
        bytes = Array(text.utf8)
    }

    /// With one to three bytes replaced, put in or left out.
    static func mutated(_ bytes: [UInt8], _ random: inout SeededGenerator) -> [UInt8] {
        var bytes = bytes
        for _ in 0..<Int.random(in: 1...3, using: &random) where !bytes.isEmpty {
            let place = bytes.indices.randomElement(using: &random) ?? 0
            let byte = marks.randomElement(using: &random) ?? 0x20
            switch Int.random(in: 0..<3, using: &random) {
            case 0: bytes[place] = byte
            case 1: bytes.insert(byte, at: place)
            default: bytes.remove(at: place)
            }
        }
        return bytes
    }

    private static let openings = [
        "KEY: |\n", "KEY: >-\n", "KEY: text\n", "KEY: [\n", "KEY: \"\n", "- - x\n",
        "KEY: # note\n", "? KEY\n:\n", "KEY: &a\n", "", "---\n", "KEY:\n  inner:\n", "- KEY:\n", "key0:\n",
    ]
    private static let closings = ["]\n", "\"\n", "  more\n", "\n", "# end\n", "      deeper\n", "...\n", "\t\n"]
    private static let plainWords = ["ana@example.org", "b", "true", "12", "1.5", "a-b", "x+y@z", "ana", "a_b", "no"]
    private static let words =
        plainWords + [
            "ana: b", "'quoted'", "a b", "*a", "!t x", "- y", "", "a#b", "a #b", "@a", "Zoë", "[a]", "a\r",
        ]
    private static let marks = Array(" \n\t-:#&*!|>'\"%@`[]{},a1.~?\r\u{0}".utf8)
}
