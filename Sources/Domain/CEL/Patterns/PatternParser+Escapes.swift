extension PatternParser {
    /// Reads what follows a backslash outside of brackets.
    mutating func parseEscape(at start: Int) throws(CELPatternError) {
        switch peek() {
        case "A": assertion(.textStart)
        case "z": assertion(.textEnd)
        case "b": assertion(.wordBoundary)
        case "B": assertion(.noWordBoundary)
        case "Q":
            position += 1
            parseQuotation()
        default:
            if let named = try namedClass(at: start) { return append(named) }
            appendLiteral(try escapedCharacter(at: start))
        }
    }

    private mutating func assertion(_ assertion: PatternAssertion) {
        position += 1
        append(.assertion(assertion))
    }

    /// Everything up to `\E` or the pattern's end stands for itself.
    private mutating func parseQuotation() {
        while position < text.count {
            if peek() == "\\", peek(1) == "E" {
                position += 2
                return
            }
            appendLiteral(text[position])
            position += 1
        }
    }

    /// Reads `d`, `W`, `pL`, `P{Greek}` and their like after a backslash; nil where none of these stands.
    mutating func namedClass(at start: Int) throws(CELPatternError) -> CharacterRanges? {
        guard let letter = peek() else { return nil }
        if letter == "p" || letter == "P" { return try unicodeClass(isNegated: letter == "P", at: start) }
        guard let named = CharacterRanges.perl(letter.value | 0x20) else { return nil }
        position += 1
        return oriented(named, isNegated: letter.value & 0x20 == 0)
    }

    private mutating func unicodeClass(isNegated: Bool, at start: Int) throws(CELPatternError) -> CharacterRanges {
        position += 1
        var isNegated = isNegated
        var name: String
        if peek() == "{" {
            let begin = position + 1
            guard let end = text[begin...].firstIndex(of: 0x7D) else {
                throw failure("missing `}` for the class", at: start)
            }
            name = excerpt(from: begin, to: end)
            position = end + 1
        } else {
            name = excerpt(from: position, to: position + 1)
            position = min(position + 1, text.count)
        }
        if name.unicodeScalars.first == "^" {
            isNegated.toggle()
            name = String(name.unicodeScalars.dropFirst())
        }
        guard let named = CharacterRanges.unicode(name) else {
            throw failure(
                "unknown class `\(excerpt(from: start, to: position))`: give a category or a script", at: start)
        }
        return oriented(named, isNegated: isNegated)
    }

    /// `set` under the current flags, or all that is not in it.
    func oriented(_ set: CharacterRanges, isNegated: Bool) -> CharacterRanges {
        let folded = flags.contains(.foldCase) ? CaseFolding.closure(of: set) : set
        return isNegated ? folded.complement : folded
    }

    /// Reads the rest of an escape that means one character.
    mutating func escapedCharacter(at start: Int) throws(CELPatternError) -> UInt32 {
        guard position < text.count else { throw failure("trailing `\\`", at: start) }
        guard let letter = peek() else { throw invalidEscape(from: start) }
        position += 1
        switch letter {
        case "a": return 0x07
        case "f": return 0x0C
        case "n": return 0x0A
        case "r": return 0x0D
        case "t": return 0x09
        case "v": return 0x0B
        case "x": return try hexadecimal(at: start)
        case "0"..."7": return try octal(letter, at: start)
        default:
            let isWord = CharacterRanges.word.contains(letter.value) && letter != "_"
            guard !isWord else { throw invalidEscape(from: start) }
            return letter.value
        }
    }

    private mutating func octal(_ first: Unicode.Scalar, at start: Int) throws(CELPatternError) -> UInt32 {
        let isReference = first != "0" && !(peek().map { ("0"..."7").contains($0) } ?? false)
        if isReference { throw CELPatternError(.unsupported, "backreferences are not supported", offset: start) }
        var value = first.value - 0x30
        while position < start + 4, let digit = peek(), ("0"..."7").contains(digit) {
            value = value * 8 + digit.value - 0x30
            position += 1
        }
        return value
    }

    private mutating func hexadecimal(at start: Int) throws(CELPatternError) -> UInt32 {
        let isBraced = peek() == "{"
        if isBraced { position += 1 }
        var value: UInt32 = 0
        var digits = 0
        while isBraced || digits < 2, let digit = peek().flatMap(Self.hexadecimalDigit) {
            value = value * 16 + digit
            digits += 1
            position += 1
            guard value <= CharacterRanges.last else { throw invalidEscape(from: start) }
        }
        guard isBraced ? digits > 0 && peek() == "}" : digits == 2 else { throw invalidEscape(from: start) }
        if isBraced { position += 1 }
        return value
    }

    private static func hexadecimalDigit(_ character: Unicode.Scalar) -> UInt32? {
        switch character {
        case "0"..."9": character.value - 0x30
        case "a"..."f", "A"..."F": (character.value | 0x20) - 0x57
        default: nil
        }
    }

    private func invalidEscape(from start: Int) -> CELPatternError {
        let end = max(position, start + 2)
        return failure("invalid escape sequence `\(excerpt(from: start, to: end))`", at: start)
    }
}
