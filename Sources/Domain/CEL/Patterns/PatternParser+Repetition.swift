extension PatternParser {
    /// Repeats the last node of the sequence. Returns where the operator begins.
    mutating func repeatLast(minimum: Int, maximum: Int?, at start: Int) throws(CELPatternError) -> Int {
        // `x*?` prefers fewer: which match is preferred does not matter here.
        if peek() == "?" { position += 1 }
        if let before = lastRepetition {
            throw failure("invalid nested repetition `\(excerpt(from: before, to: position))`", at: before)
        }
        guard var item = groups[groups.count - 1].items.popLast() else {
            throw failure("missing argument for the repetition `\(excerpt(from: start, to: position))`", at: start)
        }
        if let maximum, maximum > 1 {
            item.repetitions *= maximum
        } else if maximum == nil, minimum > 1 {
            item.repetitions *= minimum
        } else if maximum == 0 {
            item.repetitions = 1
        }
        guard item.repetitions <= Self.largestRepetition else { throw tooMany(at: start) }
        item.height += 1
        guard item.height <= Self.highestNode else {
            throw CELPatternError(.tooDeep, "repetitions are nested too deeply", offset: start)
        }
        item.node = .repetition(item.node, minimum: minimum, maximum: maximum)
        groups[groups.count - 1].items.append(item)
        return start
    }

    private func tooMany(at start: Int) -> CELPatternError {
        failure("invalid repetition: at most \(Self.largestRepetition) times, nested ones multiplied", at: start)
    }

    /// Reads `{n}`, `{n,}` or `{n,m}`. What has another form stands for itself.
    mutating func parseBraces(at start: Int) throws(CELPatternError) -> Int? {
        guard let minimum = parseCount() else { return literalBrace(at: start) }
        var maximum: Int? = minimum
        if peek() == "," {
            position += 1
            if peek() == "}" {
                maximum = nil
            } else if let count = parseCount() {
                maximum = count
            } else {
                return literalBrace(at: start)
            }
        }
        guard peek() == "}" else { return literalBrace(at: start) }
        position += 1
        guard max(minimum, maximum ?? 0) <= Self.largestRepetition else { throw tooMany(at: start) }
        guard minimum <= maximum ?? minimum else {
            throw failure("invalid repetition: the smaller count comes first", at: start)
        }
        return try repeatLast(minimum: minimum, maximum: maximum, at: start)
    }

    private mutating func literalBrace(at start: Int) -> Int? {
        position = start + 1
        appendLiteral(0x7B)
        return nil
    }

    /// A decimal number without leading zeros. What is too large stays so without overflow.
    private mutating func parseCount() -> Int? {
        let begin = position
        var count = 0
        while let digit = peek(), ("0"..."9").contains(digit) {
            count = min(count * 10 + Int(digit.value - 0x30), Self.largestRepetition + 1)
            position += 1
        }
        guard position > begin, position == begin + 1 || text[begin] != 0x30 else { return nil }
        return count
    }
}
