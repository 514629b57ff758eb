/// A line and a column, both from 1, the column in bytes.
struct FeedPlace: Hashable {
    let offset: Int
    let line: Int
    let column: Int

    private init(offset: Int, line: Int, column: Int) {
        self.offset = offset
        self.line = line
        self.column = column
    }

    init(offset: Int, in bytes: [UInt8]) {
        var scan = Scan()
        self = scan.place(of: offset, in: bytes)
    }

    /// Counts lines once for many places in rising order.
    struct Scan {
        private var offset = 0
        private var line = 1
        private var lineStart = 0

        mutating func place(of target: Int, in bytes: [UInt8]) -> FeedPlace {
            let end = min(target, bytes.count)
            while offset < end {
                if bytes[offset] == UInt8(ascii: "\n") {
                    line += 1
                    lineStart = offset + 1
                }
                offset += 1
            }
            return FeedPlace(offset: end, line: line, column: end - lineStart + 1)
        }
    }
}
