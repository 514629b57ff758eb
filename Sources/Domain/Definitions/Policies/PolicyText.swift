import AccessModel

/// A text of a policy's file that is read further, and where each part of it stands.
public struct PolicyText: Sendable, Hashable {
    /// From an offset in the text on, its characters stand side by side in the file from this place on.
    struct Run: Sendable, Hashable {
        /// In code points.
        let offset: Int
        let line: Int
        let column: Int
    }

    public let text: String
    public let place: SourceLocation
    /// By offset; where they are few, the text stands on few lines.
    private let runs: [Run]

    /// A text that begins at `place` and stands there as it is.
    public init(_ text: String, at place: SourceLocation) {
        self.init(text, at: place, runs: [Run(offset: 0, line: place.line, column: place.column)])
    }

    init(_ text: String, at place: SourceLocation, runs: [Run]) {
        self.text = text
        self.place = place
        self.runs = runs
    }

    /// Where in the file a line and a column of the text stand, both counted from 1 and columns in code points.
    public func place(line: Int, column: Int) -> SourceLocation {
        var lines = line - 1
        var start = 0
        for (offset, scalar) in text.unicodeScalars.enumerated() where lines > 0 && scalar == "\n" {
            lines -= 1
            start = offset + 1
        }
        let offset = start + column - 1
        guard let run = runs.last(where: { $0.offset <= offset }) ?? runs.first else { return place }
        return SourceLocation(
            file: place.file, line: run.line, column: run.column + max(0, offset - run.offset))
    }
}
