import Testing

@testable import Definitions

/// The reader of YAML itself: what it keeps, and where each thing stood.
@Suite struct OrganizationYAMLTests {
    private func read(_ text: String) -> YAMLReader.Outcome {
        YAMLReader.read(DefinitionFile(path: "a.yaml", text: text))
    }

    /// Scalars with their places, one a line.
    private func scalars(_ text: String) -> [String] {
        guard let tree = read(text).tree else { return ["not read"] }
        return tree.nodes.indices.filter { tree.kind($0) == .scalar }.map { node in
            "\(tree.nodes[node].line):\(tree.nodes[node].column) \(tree.string(node))"
        }
    }

    @Test func everyScalarKnowsItsPlace() {
        #expect(
            scalars("a: 1\nb:\n  - x\n  - {c: 'y', \"d\": z}\n") == [
                "1:1 a", "1:4 1", "2:1 b", "3:5 x", "4:6 c", "4:9 y", "4:14 d", "4:19 z",
            ])
    }

    @Test func linesThatEndInCRLFCountOnce() {
        #expect(scalars("a: 1\r\nb: 2\r\n") == ["1:1 a", "1:4 1", "2:1 b", "2:4 2"])
    }

    @Test func columnsCountCharacters() {
        #expect(scalars("{é: 1, b: 2}") == ["1:2 é", "1:5 1", "1:8 b", "1:11 2"])
    }

    @Test func blockScalarsKeepTheirLines() {
        #expect(
            scalars("a: |\n  one\n  two\nb: >-\n  one\n  two\n") == ["1:1 a", "1:4 one\ntwo\n", "4:1 b", "4:4 one two"])
    }

    @Test func aDocumentMayBeMarked() {
        #expect(scalars("---\na: 1\n...\n") == ["2:1 a", "2:4 1"])
    }

    @Test func keysThatOnlyLookAlikeAreTwo() {
        // é, and e with an accent: equal as Swift strings, unlike as bytes.
        #expect(read("\u{e9}: 1\ne\u{301}: 2\n").diagnostics.isEmpty)
    }

    @Test func repeatedKeysAreFoundAmongMany() {
        let keys = (0..<2_000).map { "k\($0): 1\n" }.joined()
        let outcome = read(keys + "k7: 2\n")
        #expect(
            outcome.diagnostics.map(\.text) == [
                "a.yaml:2001:1: error: the key `k7` is given already in line 8; keep one"
            ])
    }

    @Test(
        arguments: [
            ([0x61, 0x3A, 0x20, 0xFF], "not-utf8 1:4"), ([0x61, 0x0A, 0xC0, 0x80], "not-utf8 2:1"),
            ([0xED, 0xA0, 0x80], "not-utf8 1:1"), ([0xC3], "not-utf8 1:1"), ([0xF5, 0x80, 0x80, 0x80], "not-utf8 1:1"),
            ([0xE2, 0x82], "not-utf8 1:1"), ([0xC3, 0xA9, 0x0D, 0x0A, 0x80], "not-utf8 2:1"),
            ([0xEF, 0xBB, 0xBF, 0x61], "byte-order-mark 1:1"), ([0xFE, 0xFF, 0x00, 0x61], "not-utf8 1:1"),
            ([0x61, 0x00, 0x3A, 0x00], "syntax 1:2"), ([0x61, 0x3A, 0x20, 0x1B], "syntax 1:4"),
        ] as [([UInt8], String)])
    func bytesThatAreNoText(_ bytes: [UInt8], _ expected: String) {
        let outcome = YAMLReader.read(DefinitionFile(path: "a.yaml", bytes: bytes))
        #expect(outcome.tree == nil)
        #expect(outcome.diagnostics.map { "\($0.code) \($0.place.line):\($0.place.column)" } == [expected])
    }

    /// What YAML takes for the end of a line, and who reviews a change does not see as one.
    private static let hidden = ["\u{85}", "\u{2028}", "\u{2029}", "\r"]

    @Test(arguments: hidden) func aLineThatEndsUnseenIsRefused(_ hidden: String) {
        let places = [
            ("a: # é owns it \(hidden)    - b", "1:16"), ("a: 1\r\nb\(hidden)c: 2\r\n", "2:2"),
            ("a:\n  - b\(hidden)  - c\n", "2:6"), ("a: 'b\(hidden)c'", "1:6"), ("a: |\n  b\(hidden)  c", "2:4"),
            (String(repeating: "- ana\n", count: 9) + "- b\(hidden)", "10:4"),
        ]
        for (text, place) in places {
            let outcome = read(text)
            #expect(outcome.tree == nil)
            #expect(
                outcome.diagnostics.map { "\($0.code) \($0.place.line):\($0.place.column)" } == [
                    "hidden-line-break \(place)"
                ], "\(text.debugDescription)")
        }
    }

    /// Somebody's definitions must not be out of force because a later version is stricter.
    @Test(arguments: hidden) func aLineThatEndsUnseenStaysInForce(_ hidden: String) {
        let acme = AcmeFiles.with("tenants/cart.yaml", "name: cart", "name: cart # the shop's\(hidden)# own")
        #expect(acme.read().organization == nil)
        let stored = acme.files.map { DefinitionFile(path: $0.key, bytes: Array($0.value), wasApplied: true) }
        let reading = DefinitionReader.read(stored, connectors: AcmeFiles.connectors, revision: "r1")
        #expect(reading.organization != nil, "\(reading.diagnostics.map(\.text))")
    }

    @Test(arguments: ["\u{c5}", "\u{2027}", "\u{202a}", "\u{2085}", "\u{a8}", "\u{10a028}"])
    func whatOnlyLooksLikeItIsText(_ text: String) {
        #expect(scalars("a: '\(text)'\r\n") == ["1:1 a", "1:4 \(text)"])
    }

    @Test func sizesAreCapped() {
        let line = Array("- a\n".utf8)
        let most = Array(repeating: line, count: YAMLReader.maximumNodes - 1).flatMap { $0 }
        #expect(YAMLReader.read(DefinitionFile(path: "a", bytes: most)).tree != nil)
        #expect(
            YAMLReader.read(DefinitionFile(path: "a", bytes: most + line)).diagnostics.map(\.code) == ["too-many-nodes"]
        )
        let large = Array(repeating: UInt8(ascii: "#"), count: YAMLReader.maximumBytes + 1)
        #expect(YAMLReader.read(DefinitionFile(path: "a", bytes: large)).diagnostics.map(\.code) == ["file-too-large"])
    }

    @Test func depthIsCapped() {
        func nested(_ depth: Int) -> String {
            String(repeating: "[", count: depth) + String(repeating: "]", count: depth)
        }
        #expect(read(nested(32)).diagnostics.isEmpty)
        #expect(read(nested(33)).diagnostics.map(\.code) == ["too-deep"])
        #expect(read(String(repeating: "[", count: 100_000)).diagnostics.map(\.code) == ["too-deep"])
        #expect(read(String(repeating: "- ", count: 100_000)).diagnostics.map(\.code) == ["too-deep"])
    }

    /// Cut anywhere, a file is refused or read, and nothing else happens.
    @Test func aFileMayEndAnywhere() {
        for text in [AcmeFiles.platform, AcmeFiles.core, AcmeFiles.cart] {
            let bytes = Array(text.utf8)
            for end in bytes.indices {
                let outcome = YAMLReader.read(DefinitionFile(path: "a.yaml", bytes: Array(bytes[..<end])))
                #expect(outcome.tree != nil || !outcome.diagnostics.isEmpty)
            }
        }
    }

    @Test(arguments: ["platform.yaml", "core-iam.yaml", "targets.yaml", "birthright.yaml", "tenants/cart.yaml"])
    func anOrganisationSurvivesACutFile(_ path: String) {
        let whole = AcmeFiles().files[path] ?? []
        for end in whole.indices {
            let reading = AcmeFiles.with(path, bytes: whole[..<end]).read()
            #expect(reading.hasErrors == (reading.organization == nil))
        }
    }

    /// Any byte of a file replaced by another that means something to YAML.
    @Test(arguments: ["platform.yaml", "core-iam.yaml", "targets.yaml", "tenants/cart.yaml"])
    func anOrganisationSurvivesAWrongByte(_ path: String) {
        let whole = AcmeFiles().files[path] ?? []
        for index in stride(from: 0, to: whole.count, by: 3) {
            for byte in "{&|\n".utf8 {
                var bytes = whole
                bytes[index] = byte
                let reading = AcmeFiles.with(path, bytes: bytes).read()
                #expect(reading.hasErrors == (reading.organization == nil))
            }
        }
    }
}
