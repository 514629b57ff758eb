extension CharacterRanges {
    private static func ascii(_ ends: (Unicode.Scalar, Unicode.Scalar)...) -> CharacterRanges {
        CharacterRanges(ends.map { Range($0.0.value, $0.1.value) })
    }

    static let digits = ascii(("0", "9"))
    static let newline = ascii(("\n", "\n"))
    static let perlSpaces = ascii(("\t", "\n"), ("\u{0C}", "\r"), (" ", " "))
    /// What `\w` and `\b` call a word character: ASCII alone.
    static let word = ascii(("0", "9"), ("A", "Z"), ("_", "_"), ("a", "z"))

    /// The class that `\d`, `\s` or `\w` names.
    static func perl(_ letter: UInt32) -> CharacterRanges? {
        switch letter {
        case 0x64: digits
        case 0x73: perlSpaces
        case 0x77: word
        default: nil
        }
    }

    /// The class that `[:name:]` names.
    static func posix(_ name: String) -> CharacterRanges? { posixClasses[name] }

    private static let posixClasses: [String: CharacterRanges] = [
        "alnum": ascii(("0", "9"), ("A", "Z"), ("a", "z")),
        "alpha": ascii(("A", "Z"), ("a", "z")),
        "ascii": ascii(("\0", "\u{7F}")),
        "blank": ascii(("\t", "\t"), (" ", " ")),
        "cntrl": ascii(("\0", "\u{1F}"), ("\u{7F}", "\u{7F}")),
        "digit": digits,
        "graph": ascii(("!", "~")),
        "lower": ascii(("a", "z")),
        "print": ascii((" ", "~")),
        "punct": ascii(("!", "/"), (":", "@"), ("[", "`"), ("{", "~")),
        "space": ascii(("\t", "\r"), (" ", " ")),
        "upper": ascii(("A", "Z")),
        "word": word,
        "xdigit": ascii(("0", "9"), ("A", "F"), ("a", "f")),
    ]

    /// The class that `\p{name}` names: a general category, its first letter, a script or `Any`.
    static func unicode(_ name: String) -> CharacterRanges? {
        name == "Any" ? all : UnicodeCategories.ranges(of: name) ?? UnicodeScripts.ranges(of: name)
    }
}
