/// RFC 4180, record by record, over bytes that stay where they are. Records end with CRLF or LF.
struct CSVReader {
    struct Field {
        /// Where its text lies, without the quotes around it.
        var range: Range<Int>
        /// In bytes within its line, from 1.
        var column: Int
        /// Whether it holds doubled quotes.
        var hasEscapes = false
    }

    enum Record: Equatable {
        /// The fields are in the array that was handed in. `isTerminated`: a line end follows.
        case fields(line: Int, isTerminated: Bool)
        /// Not CSV; the reader stands at the next line.
        case fault(FeedProblem)
        case end
    }

    private let bytes: UnsafeBufferPointer<UInt8>
    private(set) var position = 0
    private(set) var line = 1
    private var lineStart = 0

    init(_ bytes: UnsafeBufferPointer<UInt8>) { self.bytes = bytes }

    var isAtEnd: Bool { position >= bytes.count }

    private static let quote = UInt8(ascii: "\"")
    private static let comma = UInt8(ascii: ",")
    private static let carriageReturn = UInt8(ascii: "\r")
    private static let lineFeed = UInt8(ascii: "\n")

    mutating func next(into fields: inout [Field]) -> Record {
        fields.removeAll(keepingCapacity: true)
        guard !isAtEnd else { return .end }
        let start = line
        while true {
            let isQuoted = position < bytes.count && bytes[position] == Self.quote
            guard let field = isQuoted ? quoted() : plain() else {
                let problem = fault(isQuoted: isQuoted)
                skipLine()
                return .fault(problem)
            }
            fields.append(field)
            guard position < bytes.count else { return .fields(line: start, isTerminated: false) }
            if bytes[position] == Self.comma {
                position += 1
            } else {
                endLine()
                return .fields(line: start, isTerminated: true)
            }
        }
    }

    /// Up to a comma or a line end; nil at a quote or a lone carriage return.
    private mutating func plain() -> Field? {
        let start = position
        while position < bytes.count {
            let byte = bytes[position]
            if byte == Self.comma || byte == Self.lineFeed { break }
            if byte == Self.carriageReturn {
                guard isLineEnd(position) else { return nil }
                break
            }
            if byte == Self.quote { return nil }
            position += 1
        }
        return Field(range: start..<position, column: start - lineStart + 1)
    }

    /// Nil when the quote is never closed, or something else than a comma or a line end follows it.
    private mutating func quoted() -> Field? {
        let open = position
        var field = Field(range: 0..<0, column: open - lineStart + 1)
        var index = open + 1
        var lines = 0
        var lastStart = lineStart
        while index < bytes.count {
            let byte = bytes[index]
            if byte == Self.lineFeed {
                lines += 1
                lastStart = index + 1
            } else if byte == Self.quote {
                guard index + 1 < bytes.count, bytes[index + 1] == Self.quote else { break }
                field.hasEscapes = true
                index += 1
            }
            index += 1
        }
        let after = index + 1
        let isClosed = index < bytes.count
        guard isClosed, after == bytes.count || bytes[after] == Self.comma || isLineEnd(after) else { return nil }
        field.range = (open + 1)..<index
        position = after
        line += lines
        lineStart = lastStart
        return field
    }

    private func isLineEnd(_ index: Int) -> Bool {
        bytes[index] == Self.lineFeed
            || (bytes[index] == Self.carriageReturn && index + 1 < bytes.count && bytes[index + 1] == Self.lineFeed)
    }

    private mutating func endLine() {
        position += bytes[position] == Self.carriageReturn ? 2 : 1
        line += 1
        lineStart = position
    }

    private mutating func skipLine() {
        while position < bytes.count, bytes[position] != Self.lineFeed { position += 1 }
        guard position < bytes.count else { return }
        endLine()
    }

    private func fault(isQuoted: Bool) -> FeedProblem {
        let column = position - lineStart + 1
        if isQuoted {
            return FeedProblem(
                code: "quote", line: line, column: column,
                message: "the quoted field that begins here does not end; close it with `\"` before the next comma, "
                    + "and double a quote inside of it")
        }
        if bytes[position] == Self.quote {
            return FeedProblem(
                code: "quote", line: line, column: column,
                message: "a quote inside of a field; put the whole field in quotes and double this one")
        }
        return FeedProblem(
            code: "carriage-return", line: line, column: column,
            message: "a carriage return without a line feed; end lines with CRLF or LF")
    }
}
