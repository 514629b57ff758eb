import AccessModel

/// Finds where the characters of a scalar stand in its file, whatever style it is written in: what is wrong inside an
/// expression is shown there.
struct ScalarPlaces {
    private struct Spot {
        let scalar: UnicodeScalar
        let line: Int
        let column: Int
    }

    private let spots: [Spot]
    /// Where each line begins in ``spots``.
    private let lines: [Int]

    init(_ file: DefinitionFile) {
        var spots: [Spot] = []
        var lines = [0]
        var (line, column) = (1, 1)
        var wasReturn = false
        for scalar in String(decoding: file.bytes, as: UTF8.self).unicodeScalars {
            if wasReturn, scalar == "\n" {
                wasReturn = false
                lines[lines.count - 1] = spots.count + 1
                spots.append(Spot(scalar: scalar, line: line, column: column))
                continue
            }
            spots.append(Spot(scalar: scalar, line: line, column: column))
            wasReturn = scalar == "\r"
            if scalar == "\n" || wasReturn {
                (line, column) = (line + 1, 1)
                lines.append(spots.count)
            } else {
                column += 1
            }
        }
        self.spots = spots
        self.lines = lines
    }

    /// The text of a scalar, which knows where its parts stand.
    func text(_ node: Int, _ tree: YAMLTree) -> PolicyText {
        let place = tree.place(node)
        let text = tree.string(node)
        var walk = Walk(spots: spots, at: start(place), isPlain: tree.nodes[node].isPlain)
        var runs: [PolicyText.Run] = []
        for (offset, scalar) in text.unicodeScalars.enumerated() {
            guard let spot = walk.next(scalar) else { continue }
            let continues = runs.last.map { last in
                last.line == spot.line && spot.column - last.column == offset - last.offset
            }
            if continues != true {
                runs.append(PolicyText.Run(offset: offset, line: spot.line, column: spot.column))
            }
        }
        return PolicyText(text, at: place, runs: runs)
    }

    private func start(_ place: SourceLocation) -> Int {
        guard place.line <= lines.count else { return spots.count }
        return min(lines[place.line - 1] + place.column - 1, spots.count)
    }

    /// A walk through the file beside the text that it means.
    private struct Walk {
        private enum Style {
            case plain, single, double, block
        }

        private let spots: [Spot]
        private var index: Int
        private let style: Style
        private var isLost = false

        init(spots: [Spot], at start: Int, isPlain: Bool) {
            self.spots = spots
            index = start
            guard !isPlain, start < spots.count else {
                style = .plain
                return
            }
            switch spots[start].scalar {
            case "'": style = .single
            case "\"": style = .double
            default: style = .block
            }
            if style == .block {
                while index < spots.count, !Self.isBreak(spots[index].scalar) { index += 1 }
            } else {
                index += 1
            }
        }

        /// Where the text's next character stands; nil for white space, and once the way is lost.
        mutating func next(_ wanted: UnicodeScalar) -> Spot? {
            guard !isLost else { return nil }
            if style == .double { skipEscapedSpace(wanted) }
            if Self.isSpace(wanted) { return nil }
            while index < spots.count, Self.isSpace(spots[index].scalar) { index += 1 }
            guard index < spots.count else { return nil }
            let spot = spots[index]
            if style == .single, spot.scalar == "'" { index += 1 }
            if style == .double, spot.scalar == "\\" { skipEscape() }
            guard index < spots.count, style == .double || spots[index].scalar == wanted else {
                isLost = true
                return nil
            }
            index += 1
            return spot
        }

        /// `\n` and its like, and a break that is written to be none.
        private mutating func skipEscapedSpace(_ wanted: UnicodeScalar) {
            var ahead = index
            while ahead < spots.count, Self.isSpace(spots[ahead].scalar) { ahead += 1 }
            guard ahead + 1 < spots.count, spots[ahead].scalar == "\\" else { return }
            let escaped = spots[ahead + 1].scalar
            if Self.isBreak(escaped) || (Self.isSpace(wanted) && "ntr \t_".unicodeScalars.contains(escaped)) {
                index = ahead + 2
            }
        }

        /// To the last character of an escape.
        private mutating func skipEscape() {
            guard index + 1 < spots.count else { return }
            switch spots[index + 1].scalar {
            case "x": index += 3
            case "u": index += 5
            case "U": index += 9
            default: index += 1
            }
        }

        private static func isSpace(_ scalar: UnicodeScalar) -> Bool {
            scalar == " " || scalar == "\t" || isBreak(scalar)
        }

        private static func isBreak(_ scalar: UnicodeScalar) -> Bool { scalar == "\n" || scalar == "\r" }
    }
}
