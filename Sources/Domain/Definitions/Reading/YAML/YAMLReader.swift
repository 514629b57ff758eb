import AccessModel
import CYAML

/// Builds a ``YAMLTree`` from libyaml's events, and refuses what a file that grants access should not hold.
struct YAMLReader {
    static let maximumBytes = 1 << 20
    static let maximumDepth = 32
    static let maximumNodes = 200_000

    struct Outcome {
        /// Nil when the file could not be read to its end.
        let tree: YAMLTree?
        let diagnostics: [Diagnostic]
    }

    private let file: String
    private let wasApplied: Bool
    /// What the text that is parsed leaves out; nil where it is whole.
    private var omission: Omission?
    private var nodes: [YAMLTree.Node] = []
    private var text: [UInt8] = []
    /// The containers that are open, outermost first.
    private var open: [Int] = []
    private var documents = 0
    private var diagnostics: [Diagnostic] = []
    private var stopped = false

    static func read(_ file: DefinitionFile) -> Outcome { readShortened(file) ?? readWhole(file) }

    /// What libyaml makes of every byte.
    static func readWhole(_ file: DefinitionFile) -> Outcome {
        var reader = YAMLReader(file)
        file.bytes.withUnsafeBufferPointer { bytes in
            if reader.admits(bytes) { reader.parse(bytes) }
        }
        return reader.outcome
    }

    /// The same without most lines of long lists; nil for a file without such, for one in which what looks like a list
    /// is none, and for one with any error: ``readWhole(_:)`` says where that is.
    static func readShortened(_ file: DefinitionFile) -> Outcome? {
        var reader = YAMLReader(file)
        guard file.bytes.withUnsafeBufferPointer({ reader.admits($0) }) else { return nil }
        let lists = PlainLists(file.bytes)
        guard !lists.runs.isEmpty else { return nil }
        reader.omission = Omission(lists: lists)
        reader.text.reserveCapacity(file.bytes.count)
        lists.shortened.withUnsafeBufferPointer { reader.parse($0) }
        let isUnderstood = !reader.stopped && reader.diagnostics.isEmpty && reader.omission?.next == lists.runs.count
        return isUnderstood ? reader.outcome : nil
    }

    private init(_ file: DefinitionFile) {
        self.file = file.path
        wasApplied = file.wasApplied
    }

    private var outcome: Outcome {
        let tree = YAMLTree(file: file, text: text, nodes: nodes)
        return Outcome(tree: stopped ? nil : tree, diagnostics: diagnostics)
    }

    // MARK: Before parsing

    private mutating func admits(_ bytes: UnsafeBufferPointer<UInt8>) -> Bool {
        guard bytes.count <= Self.maximumBytes else {
            stop("file-too-large", 1, 1, "the file has \(bytes.count) bytes; a file may have 1 MiB at most")
            return false
        }
        if bytes.count >= 3, bytes[0] == 0xEF, bytes[1] == 0xBB, bytes[2] == 0xBF {
            stop("byte-order-mark", 1, 1, "the file begins with a byte order mark; save it as UTF-8 without one")
            return false
        }
        if let offset = UTF8Check.firstInvalid(bytes) {
            let (line, column) = Self.position(of: offset, in: bytes)
            stop("not-utf8", line, column, "this byte is not UTF-8; save the file as UTF-8")
            return false
        }
        if !wasApplied, let hidden = HiddenLineBreak.first(in: bytes) {
            let (line, column) = Self.position(of: hidden.offset, in: bytes)
            stop(
                "hidden-line-break", line, column,
                "here is \(hidden.name), which YAML takes for the end of the line though most tools show one line; "
                    + "end the line with a line feed, or take it out")
            return false
        }
        return true
    }

    private static func position(
        of offset: Int, in bytes: UnsafeBufferPointer<UInt8>
    ) -> (line: Int, column: Int) {
        var line = 1
        var column = 1
        for index in 0..<min(offset, bytes.count) {
            let byte = bytes[index]
            if byte == 0x0A || (byte == 0x0D && (index + 1 >= bytes.count || bytes[index + 1] != 0x0A)) {
                line += 1
                column = 1
            } else if byte & 0xC0 != 0x80 {
                column += 1
            }
        }
        return (line, column)
    }

    // MARK: Events

    private mutating func parse(_ bytes: UnsafeBufferPointer<UInt8>) {
        // libyaml keeps pointers into its parser, so it may not move.
        let parser = UnsafeMutablePointer<yaml_parser_t>.allocate(capacity: 1)
        defer { parser.deallocate() }
        guard yaml_parser_initialize(parser) == 1 else {
            stop("syntax", 1, 1, "no memory for reading the file")
            return
        }
        defer { yaml_parser_delete(parser) }
        yaml_parser_set_encoding(parser, YAML_UTF8_ENCODING)
        yaml_parser_set_input_string(parser, bytes.baseAddress, bytes.count)
        nodes.reserveCapacity(bytes.count / 16 + 8)
        text.reserveCapacity(bytes.count)
        let event = UnsafeMutablePointer<yaml_event_t>.allocate(capacity: 1)
        defer { event.deallocate() }
        var ended = false
        while !ended, !stopped {
            guard yaml_parser_parse(parser, event) == 1 else {
                report(parser.pointee, bytes)
                return
            }
            ended = event.pointee.type == YAML_STREAM_END_EVENT
            take(event)
            yaml_event_delete(event)
        }
        if !stopped, nodes.isEmpty { stop("empty-file", 1, 1, "the file is empty; it must hold a mapping") }
    }

    private mutating func take(_ event: UnsafeMutablePointer<yaml_event_t>) {
        let mark = event.pointee.start_mark
        if omission != nil, !follow(event.pointee) {
            stopped = true
            return
        }
        switch event.pointee.type {
        case YAML_SCALAR_EVENT:
            scalar(event.pointee.data.scalar, at: mark)
        case YAML_SEQUENCE_START_EVENT:
            let start = event.pointee.data.sequence_start
            refuse(anchor: start.anchor != nil, tag: start.tag != nil, at: mark)
            begin(.sequence, at: mark)
        case YAML_MAPPING_START_EVENT:
            let start = event.pointee.data.mapping_start
            refuse(anchor: start.anchor != nil, tag: start.tag != nil, at: mark)
            begin(.mapping, at: mark)
        case YAML_SEQUENCE_END_EVENT, YAML_MAPPING_END_EVENT:
            end()
        case YAML_ALIAS_EVENT:
            report("alias", mark, "aliases (`*name`) are refused; write the value out")
            if expectsKey { stopped = true }
            append(.refused, at: mark)
        case YAML_DOCUMENT_START_EVENT:
            let start = event.pointee.data.document_start
            documents += 1
            if start.version_directive != nil || start.tag_directives.start != start.tag_directives.end {
                report("directive", mark, "directives (`%...`) are refused; leave the line out")
            }
            if documents > 1 {
                report("multiple-documents", mark, "a file holds one document; leave out what follows this `---`")
                stopped = true
            }
        default:
            break
        }
    }

    private var expectsKey: Bool {
        guard let container = open.last else { return false }
        return nodes[container].kind == .mapping && nodes[container].count & 1 == 0
    }

    private mutating func scalar(
        _ scalar: yaml_event_s.__Unnamed_union_data.__Unnamed_struct_scalar, at mark: yaml_mark_t
    ) {
        refuse(anchor: scalar.anchor != nil, tag: scalar.tag != nil, at: mark)
        let isPlain = scalar.style == YAML_PLAIN_SCALAR_STYLE
        let isMergeKey =
            isPlain && scalar.length == 2 && scalar.value[0] == 0x3C && scalar.value[1] == 0x3C && expectsKey
        if isMergeKey { report("merge-key", mark, "merge keys (`<<`) are refused; write the keys out") }
        let start = Int32(text.count)
        text.append(contentsOf: UnsafeBufferPointer(start: scalar.value, count: scalar.length))
        append(
            isMergeKey ? .refused : .scalar, at: mark, isPlain: isPlain, start: start, count: Int32(scalar.length))
        if let omission, omission.isInside { appendOmitted(of: omission.run, in: omission.lists) }
    }

    private mutating func begin(_ kind: YAMLTree.Kind, at mark: yaml_mark_t) {
        if expectsKey {
            report("complex-key", mark, "a key must be a name, not a list or a mapping")
            stopped = true
        } else if open.count >= Self.maximumDepth {
            report("too-deep", mark, "nested deeper than \(Self.maximumDepth) levels")
            stopped = true
        } else {
            append(kind, at: mark)
            open.append(nodes.count - 1)
        }
    }

    private mutating func end() {
        guard let container = open.popLast() else { return }
        nodes[container].next = Int32(nodes.count)
        if nodes[container].kind == .mapping { refuseRepeatedKeys(of: container) }
    }

    private mutating func append(
        _ kind: YAMLTree.Kind, at mark: yaml_mark_t, isPlain: Bool = false, start: Int32 = 0, count: Int32 = 0
    ) {
        guard nodes.count < Self.maximumNodes else {
            report("too-many-nodes", mark, "a file holds \(Self.maximumNodes) values at most; split it")
            stopped = true
            return
        }
        if let container = open.last { nodes[container].count += 1 }
        nodes.append(
            YAMLTree.Node(
                kind: kind, isPlain: isPlain, line: Int32(clamping: mark.line + 1 + (omission?.lines ?? 0)),
                column: Int32(clamping: mark.column + 1), start: start, count: count, next: Int32(nodes.count + 1)))
    }
}

// MARK: - What was left out

extension YAMLReader {
    /// How far the events have come in a text without most lines of its long lists.
    private struct Omission {
        let lists: PlainLists
        /// The run that comes next, or is being met.
        var next = 0
        /// How many lines were left out before.
        var lines = 0
        /// Between a run's first line and its last.
        var isInside = false

        var run: PlainLists.Run { lists.runs[next] }

        /// Whether an event is a word of the run that comes next, as its line is in the shortened text.
        func meets(_ event: yaml_event_t, word: Int, line: Int) -> Bool {
            guard event.type == YAML_SCALAR_EVENT else { return false }
            let scalar = event.data.scalar
            return scalar.style == YAML_PLAIN_SCALAR_STYLE && scalar.length == lists.words[word].count
                && event.start_mark.line == line && event.start_mark.column == run.column
        }
    }

    /// Whether an event leaves it possible that the runs are what they look like.
    private mutating func follow(_ event: yaml_event_t) -> Bool {
        guard var omission, omission.next < omission.lists.runs.count else { return true }
        let (run, line) = (omission.run, omission.run.line - omission.lines)
        if omission.isInside {
            guard omission.meets(event, word: run.words.upperBound - 1, line: line + 1) else { return false }
            omission.isInside = false
            omission.lines += run.omitted
            omission.next += 1
        } else if event.start_mark.line == line, event.type == YAML_SCALAR_EVENT {
            guard omission.meets(event, word: run.words.lowerBound, line: line), let container = open.last,
                nodes[container].kind == .sequence
            else { return false }
            omission.isInside = true
        }
        self.omission = omission
        return true
    }

    private mutating func appendOmitted(of run: PlainLists.Run, in lists: PlainLists) {
        let words = lists.words[run.words].dropFirst().dropLast()
        guard let first = words.first, let last = words.last else { return }
        let offset = text.count - first.lowerBound
        text.append(contentsOf: lists.bytes[first.lowerBound..<last.upperBound])
        for (number, word) in words.enumerated() {
            let mark = yaml_mark_t(
                index: 0, line: run.line + 1 + number - (omission?.lines ?? 0), column: run.column)
            append(.scalar, at: mark, isPlain: true, start: Int32(offset + word.lowerBound), count: Int32(word.count))
        }
    }
}

// MARK: - What is refused

extension YAMLReader {
    private mutating func refuse(anchor: Bool, tag: Bool, at mark: yaml_mark_t) {
        if anchor { report("anchor", mark, "anchors (`&name`) are refused; write the value out where it is needed") }
        if tag { report("tag", mark, "tags (`!...`) are refused; types follow from the schema") }
    }

    private mutating func refuseRepeatedKeys(of mapping: Int) {
        var keys: [Int] = []
        var key = mapping + 1
        while key < nodes.count {
            if nodes[key].kind == .scalar { keys.append(key) }
            key = Int(nodes[key + 1].next)
        }
        guard keys.count > 1 else { return }
        func bytes(_ node: Int) -> ArraySlice<UInt8> {
            text[Int(nodes[node].start)..<Int(nodes[node].start + nodes[node].count)]
        }
        // Sorted by text and then by place, equal keys stand side by side and the first of them is the one that counts.
        keys.sort { left, right in
            let (first, second) = (bytes(left), bytes(right))
            if first.lexicographicallyPrecedes(second) { return true }
            return !second.lexicographicallyPrecedes(first) && left < right
        }
        var first = keys[0]
        for key in keys.dropFirst() {
            guard bytes(key) == bytes(first) else {
                first = key
                continue
            }
            let name = String(decoding: bytes(key), as: UTF8.self).quoted
            diagnostics.append(
                Diagnostic(
                    severity: .error, code: "duplicate-key", place: place(key),
                    message: "the key \(name) is given already in line \(nodes[first].line); keep one"))
            nodes[key].kind = .refused
        }
    }

    private func place(_ node: Int) -> SourceLocation {
        SourceLocation(file: file, line: Int(nodes[node].line), column: Int(nodes[node].column))
    }

    private mutating func report(_ code: String, _ mark: yaml_mark_t, _ message: String) {
        let place = SourceLocation(file: file, line: Int(mark.line) + 1, column: Int(mark.column) + 1)
        diagnostics.append(Diagnostic(severity: .error, code: code, place: place, message: message))
    }

    private mutating func stop(_ code: String, _ line: Int, _ column: Int, _ message: String) {
        let place = SourceLocation(file: file, line: line, column: column)
        diagnostics.append(Diagnostic(severity: .error, code: code, place: place, message: message))
        stopped = true
    }

    private mutating func report(_ parser: yaml_parser_t, _ bytes: UnsafeBufferPointer<UInt8>) {
        let problem = parser.problem.map { String(cString: $0) } ?? "not YAML"
        if parser.error == YAML_READER_ERROR {
            let (line, column) = Self.position(of: Int(parser.problem_offset), in: bytes)
            stop("syntax", line, column, "\(problem); a file is plain text")
            return
        }
        let mark = parser.problem_mark
        let isDirective = problem.contains("irective") || problem.contains("incompatible YAML document")
        if isDirective {
            report("directive", mark, "directives (`%...`) are refused; leave the line out")
        } else {
            var context = parser.context.map { String(cString: $0) + ", " } ?? ""
            if !context.isEmpty, parser.context_mark.line != mark.line {
                context = context.dropLast(2) + " that began in line \(parser.context_mark.line + 1), "
            }
            let isStray = problem.contains("cannot start any token")
            let hint = isStray ? "; indent with spaces, and put text that begins with a mark in quotes" : ""
            report("syntax", mark, "not YAML: \(context)\(problem)\(hint)")
        }
        stopped = true
    }
}
