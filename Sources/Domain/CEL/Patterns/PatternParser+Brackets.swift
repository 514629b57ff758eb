extension PatternParser {
    /// Reads what follows `[`.
    mutating func bracketClass(at start: Int) throws(CELPatternError) -> CharacterRanges {
        let isNegated = peek() == "^"
        if isNegated { position += 1 }
        var parts: [CharacterRanges.Range] = []
        var plain: [CharacterRanges.Range] = []
        let begin = position
        while true {
            guard position < text.count else { throw failure("missing `]` for the class", at: start) }
            if peek() == "]", position > begin { break }
            if let named = try namedElement() {
                parts += named.ranges
            } else {
                plain.append(try rangeElement(in: start))
            }
        }
        position += 1
        let literal = oriented(CharacterRanges(plain), isNegated: false)
        let set = CharacterRanges(parts + literal.ranges)
        return isNegated ? set.complement : set
    }

    /// `[:name:]`, `\d`, `\pL` and their like.
    private mutating func namedElement() throws(CELPatternError) -> CharacterRanges? {
        let start = position
        if peek() == "[", peek(1) == ":" { return try posixClass() }
        guard peek() == "\\" else { return nil }
        position += 1
        if let named = try namedClass(at: start) { return named }
        position = start
        return nil
    }

    private mutating func posixClass() throws(CELPatternError) -> CharacterRanges? {
        let start = position
        var end = position + 2
        while end + 1 < text.count, !(text[end] == 0x3A && text[end + 1] == 0x5D) { end += 1 }
        guard end + 1 < text.count else { return nil }
        let isNegated = peek(2) == "^"
        let name = excerpt(from: start + (isNegated ? 3 : 2), to: end)
        guard let named = CharacterRanges.posix(name) else {
            throw failure("unknown class `\(excerpt(from: start, to: end + 2))`", at: start)
        }
        position = end + 2
        return oriented(named, isNegated: isNegated)
    }

    /// A character, or two with `-` between them.
    private mutating func rangeElement(in bracket: Int) throws(CELPatternError) -> CharacterRanges.Range {
        let start = position
        let low = try classCharacter(in: bracket)
        guard peek() == "-", position + 1 < text.count, peek(1) != "]" else { return CharacterRanges.Range(low) }
        position += 1
        let high = try classCharacter(in: bracket)
        guard low <= high else {
            throw failure("invalid range `\(excerpt(from: start, to: position))`: the smaller comes first", at: start)
        }
        return CharacterRanges.Range(low, high)
    }

    private mutating func classCharacter(in bracket: Int) throws(CELPatternError) -> UInt32 {
        guard position < text.count else { throw failure("missing `]` for the class", at: bracket) }
        let start = position
        position += 1
        return text[start] == 0x5C ? try escapedCharacter(at: start) : text[start]
    }
}
