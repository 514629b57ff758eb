extension PatternParser {
    /// Reads what follows `(`.
    mutating func openGroup(at start: Int) throws(CELPatternError) {
        guard peek() == "?" else { return try push(at: start, outerFlags: flags) }
        position += 1
        switch peek() {
        case "P", "<", "=", "!", ">", "#", "|", "'", "(", "&", "R", "+", "C", "{":
            try openSpecialGroup(at: start)
        default:
            try openFlagGroup(at: start)
        }
    }

    /// The character at the current position, if it is ASCII.
    func peek(_ ahead: Int = 0) -> Unicode.Scalar? {
        guard position + ahead < text.count, text[position + ahead] < 0x80 else { return nil }
        return Unicode.Scalar(text[position + ahead])
    }

    private mutating func openSpecialGroup(at start: Int) throws(CELPatternError) {
        let isLookBehind = peek() == "<" && (peek(1) == "=" || peek(1) == "!")
        if isLookBehind || peek() == "=" || peek() == "!" {
            throw CELPatternError(.unsupported, "look-around is not supported", offset: start)
        }
        if peek() == "P", peek(1) == "=" {
            throw CELPatternError(.unsupported, "backreferences are not supported", offset: start)
        }
        if peek() == "P", peek(1) == "<" { position += 1 }
        guard peek() == "<" else {
            throw CELPatternError(
                .unsupported, "`\(excerpt(from: start, to: position + 1))` is not supported", offset: start)
        }
        position += 1
        try parseName(at: start)
        try push(at: start, outerFlags: flags)
    }

    private mutating func parseName(at start: Int) throws(CELPatternError) {
        let begin = position
        while position < text.count, text[position] != 0x3E {
            guard CharacterRanges.word.contains(text[position]) else {
                throw failure("a group's name consists of letters, digits and `_`", at: position)
            }
            position += 1
        }
        guard position < text.count, position > begin else {
            throw failure("a group's name has the form `(?P<name>...)`", at: start)
        }
        let name = excerpt(from: begin, to: position)
        guard names.insert(name).inserted else { throw failure("duplicate group name `\(name)`", at: begin) }
        position += 1
    }

    /// Reads flags: `(?i)` sets them until the group closes, `(?i:` for a group of its own.
    private mutating func openFlagGroup(at start: Int) throws(CELPatternError) {
        var changed = flags
        var clears = false
        var sawFlag = true
        while let character = peek() {
            position += 1
            switch character {
            case "-" where !clears:
                clears = true
                sawFlag = false
            case ":" where sawFlag:
                try push(at: start, outerFlags: flags)
                flags = changed
                return
            case ")" where sawFlag:
                flags = changed
                return
            default:
                guard let flag = Self.flag(character) else {
                    throw failure("invalid group `\(excerpt(from: start, to: position))`", at: start)
                }
                sawFlag = true
                if clears { changed.remove(flag) } else { changed.insert(flag) }
            }
        }
        throw failure("missing `)` for the group", at: start)
    }

    private static func flag(_ character: Unicode.Scalar) -> Flags? {
        switch character {
        case "i": .foldCase
        case "m": .multiline
        case "s": .dotMatchesNewline
        case "U": .ungreedy
        default: nil
        }
    }
}
