/// Reads RE2's syntax. Groups are kept on a stack of its own, so that no pattern exhausts the thread's.
struct PatternParser {
    static let deepestNesting = 200
    /// Flags between repetitions allow them to be nested without a group.
    static let highestNode = 500
    static let largestRepetition = 1_000

    struct Flags: OptionSet {
        let rawValue: UInt8
        static let foldCase = Flags(rawValue: 1)
        static let multiline = Flags(rawValue: 2)
        static let dotMatchesNewline = Flags(rawValue: 4)
        /// Changes which match is preferred, hence nothing here.
        static let ungreedy = Flags(rawValue: 8)
    }

    /// One node of a sequence, with the largest product of the repetition counts on a way through it and with the
    /// number of nodes on the longest way.
    struct Item {
        var node: PatternNode
        var repetitions = 1
        var height = 1
    }

    /// A group that is being read.
    struct Group {
        let offset: Int
        /// The flags to return to where it closes.
        let outerFlags: Flags
        var choices: [PatternNode] = []
        var items: [Item] = []
        var repetitions = 1
        var height = 1

        mutating func endChoice() {
            repetitions = items.reduce(repetitions) { max($0, $1.repetitions) }
            height = items.reduce(height) { max($0, $1.height) }
        }
    }

    let text: [UInt32]
    var position = 0
    var flags: Flags = []
    var groups: [Group] = [Group(offset: 0, outerFlags: [])]
    var names: Set<String> = []
    /// Where the repetition that was read last began, while nothing has come after it.
    var lastRepetition: Int?
    private(set) var sets: [CharacterRanges] = []
    private var numbers: [CharacterRanges: Int] = [:]

    init(_ text: [UInt32]) { self.text = text }

    /// Reads the whole pattern.
    mutating func parse() throws(CELPatternError) -> PatternNode {
        while position < text.count { try parseNext() }
        guard groups.count == 1, let whole = groups.popLast() else {
            throw failure("missing `)` for the group", at: groups.last?.offset ?? 0)
        }
        return finished(whole).node
    }

    private mutating func parseNext() throws(CELPatternError) {
        let start = position
        let character = text[position]
        position += 1
        var repetition: Int?
        switch UInt8(exactly: character).map(Unicode.Scalar.init) {
        case "(": try openGroup(at: start)
        case ")": try closeGroup(at: start)
        case "|": nextChoice()
        case "^": append(.assertion(flags.contains(.multiline) ? .lineStart : .textStart))
        case "$": append(.assertion(flags.contains(.multiline) ? .lineEnd : .textEnd))
        case ".": append(flags.contains(.dotMatchesNewline) ? .all : CharacterRanges.newline.complement)
        case "[": append(try bracketClass(at: start))
        case "\\": try parseEscape(at: start)
        case "*": repetition = try repeatLast(minimum: 0, maximum: nil, at: start)
        case "+": repetition = try repeatLast(minimum: 1, maximum: nil, at: start)
        case "?": repetition = try repeatLast(minimum: 0, maximum: 1, at: start)
        case "{": repetition = try parseBraces(at: start)
        default: appendLiteral(character)
        }
        lastRepetition = repetition
    }

    // MARK: What the current sequence grows by

    mutating func append(_ node: PatternNode) { groups[groups.count - 1].items.append(Item(node: node)) }

    mutating func append(_ set: CharacterRanges) { append(.set(number(of: set))) }

    /// A character that stands for itself.
    mutating func appendLiteral(_ character: UInt32) {
        let set = CharacterRanges(character)
        append(flags.contains(.foldCase) ? CaseFolding.closure(of: set) : set)
    }

    private mutating func number(of set: CharacterRanges) -> Int {
        if let known = numbers[set] { return known }
        numbers[set] = sets.count
        sets.append(set)
        return sets.count - 1
    }

    // MARK: Groups

    /// Begins a group within the current one.
    mutating func push(at offset: Int, outerFlags: Flags) throws(CELPatternError) {
        guard groups.count <= Self.deepestNesting else {
            throw CELPatternError(
                .tooDeep, "groups must not be nested more than \(Self.deepestNesting) deep", offset: offset)
        }
        groups.append(Group(offset: offset, outerFlags: outerFlags))
    }

    private mutating func closeGroup(at start: Int) throws(CELPatternError) {
        guard groups.count > 1, let group = groups.popLast() else {
            throw failure("unexpected `)`: no group is open", at: start)
        }
        flags = group.outerFlags
        groups[groups.count - 1].items.append(finished(group))
    }

    private mutating func nextChoice() {
        let last = groups.count - 1
        groups[last].choices.append(sequence(groups[last].items))
        groups[last].endChoice()
        groups[last].items = []
    }

    private func finished(_ group: Group) -> Item {
        var group = group
        group.endChoice()
        let tail = sequence(group.items)
        return Item(
            node: group.choices.isEmpty ? tail : .choice(group.choices + [tail]), repetitions: group.repetitions,
            height: group.height + 1)
    }

    private func sequence(_ items: [Item]) -> PatternNode {
        switch items.count {
        case 0: .empty
        case 1: items[0].node
        default: .sequence(items.map(\.node))
        }
    }

    func failure(_ message: String, at offset: Int) -> CELPatternError {
        CELPatternError(.syntax, message, offset: offset)
    }

    /// The pattern's text from `start` to `end`, for a message.
    func excerpt(from start: Int, to end: Int) -> String {
        var excerpt = String.UnicodeScalarView()
        excerpt.append(contentsOf: text[start..<min(end, text.count)].compactMap(Unicode.Scalar.init))
        return String(excerpt)
    }
}
