import AccessModel

/// The long lists in a text: runs of lines such as `    - ana@example.org`, all of one indent, each a dash and one word
/// that means itself in YAML.
///
/// Where the first and the last line of a run turn out to be elements of a list, one after the other, so are all that
/// stand between them: they begin alike, and such a word ends nothing and begins nothing. So the YAML reader is given a
/// text without those, and a file that is mostly names costs a fraction.
struct PlainLists {
    struct Run {
        /// Of the first line in the whole text; from 0.
        let line: Int
        /// Where in its line a word begins; from 0.
        let column: Int
        /// Into ``PlainLists/words``: one a line.
        let words: Range<Int>

        /// How many lines the shortened text leaves out.
        var omitted: Int { words.count - 2 }
    }

    let bytes: [UInt8]
    /// Where in ``bytes`` the words of all runs are.
    private(set) var words: [Range<Int>] = []
    private(set) var runs: [Run] = []
    /// Without the lines between the first and the last of each run.
    private(set) var shortened: [UInt8] = []

    /// Shorter runs are not worth a place in the table.
    private static let fewest = 4

    init(_ bytes: [UInt8]) {
        self.bytes = bytes
        words.reserveCapacity(bytes.count / 32)
        bytes.withUnsafeBufferPointer { find(in: $0) }
    }

    private mutating func find(in bytes: UnsafeBufferPointer<UInt8>) {
        let alphabet = Alphabet()
        var (start, line, kept) = (0, 0, 0)
        while start < bytes.count {
            let first = words.count
            var (next, second, last) = (start, start, start)
            while let word = alphabet.word(in: bytes, lineAt: next),
                words.count == first || word.lowerBound - next == words[first].lowerBound - start
            {
                if words.count == first + 1 { second = next }
                last = next
                words.append(word)
                next = word.upperBound + 1
            }
            let count = words.count - first
            if count >= Self.fewest {
                runs.append(Run(line: line, column: words[first].lowerBound - start, words: first..<words.count))
                shortened.append(contentsOf: bytes[kept..<second])
                kept = last
            } else {
                words.removeLast(count)
            }
            if count == 0 {
                while next < bytes.count, bytes[next] != 0x0A { next += 1 }
                next += 1
            }
            start = next
            line += max(count, 1)
        }
        shortened.append(contentsOf: bytes[kept...])
    }
}

/// The bytes of words that no YAML reader takes for anything but text, wherever in a list they stand.
private struct Alphabet {
    /// A bit for each byte of ASCII.
    private let members: (low: UInt64, high: UInt64)

    init() {
        var (low, high): (UInt64, UInt64) = (0, 0)
        for byte in UInt8(0)..<128 where byte.isLetter || byte.isDigit || "@._+-".utf8.contains(byte) {
            if byte < 64 { low |= 1 << UInt64(byte) } else { high |= 1 << UInt64(byte - 64) }
        }
        members = (low, high)
    }

    private func holds(_ byte: UInt8) -> Bool {
        byte < 128 && (byte < 64 ? members.low : members.high) >> UInt64(byte & 63) & 1 == 1
    }

    /// The word of a line `- word` that ends in a line feed; nil for any other line.
    func word(in bytes: UnsafeBufferPointer<UInt8>, lineAt start: Int) -> Range<Int>? {
        var place = start
        while place < bytes.count, bytes[place] == UInt8(ascii: " ") { place += 1 }
        guard place + 2 < bytes.count, bytes[place] == UInt8(ascii: "-"), bytes[place + 1] == UInt8(ascii: " "),
            bytes[place + 2].isLetter || bytes[place + 2].isDigit
        else { return nil }
        let first = place + 2
        place = first
        while place < bytes.count, holds(bytes[place]) { place += 1 }
        return place < bytes.count && bytes[place] == 0x0A ? first..<place : nil
    }
}
