import Definitions

/// One thing that somebody wrote wrong, and everything that Tenure says of it.
struct BrokenDefinition: Sendable, CustomStringConvertible {
    let name: String
    let acme: AcmeFiles
    /// `CODE FILE:LINE:COLUMN: SEVERITY: MESSAGE`, all of them, in order.
    let expected: [String]

    /// A passage of a file replaced.
    init(_ name: String, _ path: String, _ passage: String, _ replacement: String, _ expected: [String]) {
        self.name = name
        acme = .with(path, passage, replacement)
        self.expected = expected
    }

    /// A whole file replaced or added.
    init(_ name: String, _ path: String, text: String, _ expected: [String]) {
        self.init(name, path, bytes: text.utf8, expected)
    }

    init(_ name: String, _ path: String, bytes: some Sequence<UInt8>, _ expected: [String]) {
        self.name = name
        acme = .with(path, bytes: bytes)
        self.expected = expected
    }

    /// A file left out.
    init(_ name: String, without path: String, _ expected: [String]) {
        self.name = name
        var acme = AcmeFiles()
        acme.files[path] = nil
        self.acme = acme
        self.expected = expected
    }

    var description: String { name }
}
