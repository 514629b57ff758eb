/// The text of an expression as bytes, and where in it an offset stands.
struct SourceText {
    let bytes: [UInt8]

    init(_ text: String) { bytes = Array(text.utf8) }

    subscript(offset: Int) -> UInt8? { offset < bytes.count ? bytes[offset] : nil }

    /// Walks through the text: asked only about problems, or once for every word in turn.
    func position(of offset: Int) -> CELPosition {
        var counter = PositionCounter()
        return counter.position(of: offset, in: self)
    }
}

/// Counts lines and columns while it is asked for ever later offsets.
struct PositionCounter {
    private var offset = 0
    private var line = 1
    private var column = 1

    /// An offset before one that was asked for earlier gives the later position.
    mutating func position(of target: Int, in text: SourceText) -> CELPosition {
        while offset < target, offset < text.bytes.count {
            let byte = text.bytes[offset]
            let endsLine = byte == 0x0A || (byte == 0x0D && text[offset + 1] != 0x0A)
            if endsLine {
                line += 1
                column = 1
            } else if byte & 0xC0 != 0x80 {
                column += 1
            }
            offset += 1
        }
        // The first byte of a code point counts it; what is asked for is where the next begins.
        return CELPosition(line: line, column: column)
    }
}
