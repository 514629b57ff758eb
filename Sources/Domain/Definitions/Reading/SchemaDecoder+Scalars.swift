import AccessModel

extension SchemaDecoder {
    /// Whether a scalar stands here; reports a list, a mapping and, unless they are allowed, no text.
    private mutating func isScalar(_ node: Int, _ label: String, _ wanted: String) -> Bool {
        guard tree.kind(node) == .scalar else {
            if tree.kind(node) != .refused {
                error("wrong-type", node, "`\(label)` must be \(wanted), not \(found(node))")
            }
            return false
        }
        guard tree.nodes[node].count > 0 else {
            error("empty-value", node, "`\(label)` is empty; it must be \(wanted)")
            return false
        }
        return true
    }

    /// Text of any style, as it is written: a plain `no` is the word.
    mutating func text(
        _ node: Int, _ label: String, _ wanted: String = "text", allowsLines: Bool = false
    ) -> String? {
        guard isScalar(node, label, wanted) else { return nil }
        let text = tree.string(node)
        guard text.isPrintable(allowsLines: allowsLines) else {
            error("bad-value", node, "`\(label)` holds a character that cannot be shown; write plain text")
            return nil
        }
        return text
    }

    mutating func bool(_ node: Int, _ label: String) -> Bool? {
        guard isScalar(node, label, "true or false") else { return nil }
        if tree.nodes[node].isPlain {
            if tree.hasText(node, "true") { return true }
            if tree.hasText(node, "false") { return false }
        }
        error("wrong-type", node, "`\(label)` must be `true` or `false`, without quotes")
        return nil
    }

    mutating func integer(_ node: Int, _ label: String, _ range: ClosedRange<Int>) -> Int? {
        guard isScalar(node, label, "a whole number") else { return nil }
        guard tree.nodes[node].isPlain, let value = PlainNumber.integer(tree.bytes(node)) else {
            error("wrong-type", node, "`\(label)` must be a whole number, without quotes")
            return nil
        }
        guard let value = Int(exactly: value), range.contains(value) else {
            error("out-of-range", node, "`\(label)` must be from \(range.lowerBound) to \(range.upperBound)")
            return nil
        }
        return value
    }

    mutating func number(_ node: Int, _ label: String) -> Double? {
        guard isScalar(node, label, "a number") else { return nil }
        guard tree.nodes[node].isPlain, let value = PlainNumber.decimal(tree.bytes(node)) else {
            error("wrong-type", node, "`\(label)` must be a number, without quotes")
            return nil
        }
        return value
    }

    /// A positive number of hours, fractions allowed.
    mutating func hours(_ node: Int, _ label: String) -> Span? {
        guard let hours = number(node, label) else { return nil }
        let milliseconds = (hours * 3_600_000).rounded()
        guard milliseconds >= 1_000, hours <= 8_784 else {
            error("out-of-range", node, "`\(label)` must be a positive number of hours, at most 8784 (a year)")
            return nil
        }
        return Span(milliseconds: Int64(milliseconds))
    }

    mutating func span(_ node: Int, _ label: String) -> Span? {
        guard let text = text(node, label, "a duration such as `4h`, `30d` or `PT4H`") else { return nil }
        guard let span = Span(text) else {
            error(
                "bad-duration", node,
                "`\(label)` must be a duration such as `30m`, `4h`, `30d` or `PT4H`, not \(text.quoted)")
            return nil
        }
        return span
    }

    mutating func slug(_ node: Int, _ label: String) -> Slug? {
        guard isScalar(node, label, "a name") else { return nil }
        if let slug = Slug(tree.string(node)) { return slug }
        error(
            "bad-slug", node,
            "`\(label)` must be of a-z, 0-9 and `-`, begin with a letter, not end with `-`, and have at most 63 "
                + "characters; \(tree.string(node).quoted) does not")
        return nil
    }

    /// One of the words that `Word` knows.
    mutating func word<Word: RawRepresentable<String> & CaseIterable>(_ node: Int, _ label: String) -> Word? {
        let words = Word.allCases.map(\.rawValue)
        guard isScalar(node, label, "one of \(Self.listed(words))") else { return nil }
        let text = tree.string(node)
        if let word = Word(rawValue: text) { return word }
        let hint = NearestName.suggestion(for: text, among: words)
        error("bad-value", node, "`\(label)` must be one of \(Self.listed(words)), not \(text.quoted)\(hint)")
        return nil
    }

    /// One value or a list of them.
    mutating func oneOrMore(_ node: Int, _ label: String) -> [Int] {
        switch tree.kind(node) {
        case .sequence: list(node, label, mayBeEmpty: false) ?? []
        case .scalar, .mapping: [node]
        case .refused: []
        }
    }

    // MARK: People

    /// Individuals by e-mail; each once. What is no address is told apart: a group's name has a reason of its own.
    mutating func people(_ node: Int, _ label: String) -> [ListedPerson] {
        guard isList(node, label) else { return [] }
        let end = Int(tree.nodes[node].next)
        var people: [ListedPerson] = []
        people.reserveCapacity(Int(tree.nodes[node].count))
        // Without an array of the entries: this is the one loop that runs for every name in an organisation.
        var entry = node + 1
        while entry < end {
            if let person = person(entry, label) { people.append(person) }
            entry = Int(tree.nodes[entry].next)
        }
        return people
    }

    private mutating func person(_ node: Int, _ label: String) -> ListedPerson? {
        guard tree.kind(node) == .scalar, tree.nodes[node].count > 0 else {
            let message = "each of `\(label)` must be an e-mail address; this one is \(found(node))"
            if tree.kind(node) != .refused { error(tree.isEmpty(node) ? "empty-value" : "wrong-type", node, message) }
            return nil
        }
        guard let email = tree.withBytes(node, { EmailAddress(utf8: $0) }) else {
            let text = tree.string(node)
            if text.utf8.contains(UInt8(ascii: "@")) {
                error("bad-email", node, "\(text.quoted) is no e-mail address; write `name@domain` in ASCII")
            } else {
                error(
                    "nested-group", node,
                    "\(text.quoted) is not a person's e-mail address; list individuals, never a group, so that the "
                        + "files say who has access")
            }
            return nil
        }
        let person = ListedPerson(email: email, place: tree.place(node))
        if scope.isOutside(email) { outsiders.append(person) }
        return person
    }
}
