/// The code points of each general category, gathered once from the standard library's properties.
enum UnicodeCategories {
    /// The code points of the category `name` (`Lu`), or of all whose name begins with that letter (`L`); nil for
    /// another name. Unassigned code points belong to none, as in RE2.
    static func ranges(of name: String) -> CharacterRanges? { tables[name] }

    private static let tables: [String: CharacterRanges] = {
        var found: [String: [CharacterRanges.Range]] = [:]
        for (name, range) in runs() {
            found[name, default: []].append(range)
            found[String(name.prefix(1)), default: []].append(range)
        }
        return found.mapValues { CharacterRanges($0) }
    }()

    private struct Run {
        let category: Unicode.GeneralCategory
        var range: CharacterRanges.Range
    }

    /// Planes 4 to 13 hold no character, and planes 15 and 16 only private ones.
    private static func runs() -> [(String, CharacterRanges.Range)] {
        var runs: [Run] = []
        for block in [0...0xD7FF, 0xE000...0x3FFFF, 0xE0000...0xE0FFF] as [ClosedRange<UInt32>] {
            for point in block {
                guard let scalar = Unicode.Scalar(point) else { continue }
                let category = scalar.properties.generalCategory
                if let last = runs.last, last.category == category, last.range.high + 1 == point {
                    runs[runs.count - 1].range.high = point
                } else {
                    runs.append(Run(category: category, range: CharacterRanges.Range(point)))
                }
            }
        }
        let named = runs.compactMap { run in names[run.category].map { ($0, run.range) } }
        return named + [
            ("Cs", CharacterRanges.Range(0xD800, 0xDFFF)), ("Co", CharacterRanges.Range(0xF0000, 0xFFFFD)),
            ("Co", CharacterRanges.Range(0x100000, 0x10FFFD)),
        ]
    }

    private static let names: [Unicode.GeneralCategory: String] = [
        .uppercaseLetter: "Lu", .lowercaseLetter: "Ll", .titlecaseLetter: "Lt", .modifierLetter: "Lm",
        .otherLetter: "Lo", .nonspacingMark: "Mn", .spacingMark: "Mc", .enclosingMark: "Me", .decimalNumber: "Nd",
        .letterNumber: "Nl", .otherNumber: "No", .connectorPunctuation: "Pc", .dashPunctuation: "Pd",
        .openPunctuation: "Ps", .closePunctuation: "Pe", .initialPunctuation: "Pi", .finalPunctuation: "Pf",
        .otherPunctuation: "Po", .mathSymbol: "Sm", .currencySymbol: "Sc", .modifierSymbol: "Sk",
        .otherSymbol: "So", .spaceSeparator: "Zs", .lineSeparator: "Zl", .paragraphSeparator: "Zp", .control: "Cc",
        .format: "Cf", .privateUse: "Co",
    ]
}
