import AccessModel

/// One thing about a server that can be configured.
public struct Setting: Hashable, Sendable {
    public enum Kind: Hashable, Sendable {
        case text
        /// Relative to the file that gives it, else to where the server was started.
        case path
        /// A folder, or the address of a git repository.
        case repository
        /// `https`, or `http` on this machine.
        case url
        /// A path, `postgres://...`, or a reference to either.
        case state
        case number(ClosedRange<Int>)
        /// Bytes: `64KiB`, `16MiB`, or a number.
        case size(ClosedRange<Int>)
        case duration(ClosedRange<Span>)
        case flag
        case word([String])
        /// A reference to a secret: `env:NAME` or `file:PATH`.
        case secret
        /// Several of them.
        case secrets
    }

    /// Its place in the file's mappings: `tls.certificate`.
    public let name: String
    public let kind: Kind
    /// Nil where it is left out unless somebody gives it.
    public let standard: String?
    /// One line, for the reference.
    public let summary: String

    init(_ name: String, _ kind: Kind, _ standard: String? = nil, _ summary: String) {
        self.name = name
        self.kind = kind
        self.standard = standard
        self.summary = summary
    }

    /// The variable of the environment that gives it: `TENURE_TLS_CERTIFICATE`.
    public var variable: String {
        "TENURE_" + name.uppercased().replacing(".", with: "_")
    }

    /// What may be written, for the reference and for messages.
    public var grammar: String {
        switch kind {
        case .text: "text"
        case .path: "a path"
        case .repository: "a folder, or the address of a git repository"
        case .url: "an `https` address"
        case .state: "a path, `postgres://...`, or a reference to either"
        case .number(let range): "\(range.lowerBound) to \(range.upperBound)"
        case .size(let range): "\(Size(range.lowerBound)) to \(Size(range.upperBound))"
        case .duration(let range): "\(range.lowerBound) to \(range.upperBound)"
        case .flag: "`true` or `false`"
        case .word(let words): words.map { "`\($0)`" }.joined(separator: ", ")
        case .secret: "`env:NAME` or `file:PATH`"
        case .secrets: "a list of `env:NAME` or `file:PATH`"
        }
    }
}

/// A number of bytes as people write it.
struct Size: CustomStringConvertible {
    let bytes: Int

    init(_ bytes: Int) { self.bytes = bytes }

    /// `1048576`, `64KiB`, `16MiB`, `1GiB`; nil for anything else.
    init?(_ text: String) {
        let digits = text.utf8.prefix { (0x30...0x39).contains($0) }
        let scale: Int
        switch text.dropFirst(digits.count) {
        case "", "B": scale = 1
        case "KiB": scale = 1 << 10
        case "MiB": scale = 1 << 20
        case "GiB": scale = 1 << 30
        default: return nil
        }
        guard let count = Int(String(decoding: digits, as: UTF8.self)) else { return nil }
        let (bytes, overflows) = count.multipliedReportingOverflow(by: scale)
        guard !overflows else { return nil }
        self.bytes = bytes
    }

    var description: String {
        for (unit, size) in [("GiB", 1 << 30), ("MiB", 1 << 20), ("KiB", 1 << 10)]
        where bytes >= size && bytes % size == 0 {
            return "\(bytes / size)\(unit)"
        }
        return "\(bytes)B"
    }
}
