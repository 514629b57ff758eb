/// A place in a file of the organisation. Lines and columns count from 1; the path is relative to its root.
public struct SourceLocation: Hashable, Sendable, Comparable, CustomStringConvertible {
    public let file: String
    // Large organisations keep millions of places; no file is so long that 32 bits would not do.
    private let lineNumber: Int32
    private let columnNumber: Int32

    public init(file: String, line: Int, column: Int) {
        self.file = file
        lineNumber = Int32(clamping: line)
        columnNumber = Int32(clamping: column)
    }

    public var line: Int { Int(lineNumber) }
    public var column: Int { Int(columnNumber) }

    public var description: String { "\(file):\(line):\(column)" }

    public static func < (left: SourceLocation, right: SourceLocation) -> Bool {
        (left.file, left.line, left.column) < (right.file, right.line, right.column)
    }
}
