import AccessModel

/// The order of a plan's changes: by rank, and within one, which holds changes of one target alone, by what they do
/// and to what, as texts.
enum ChangeOrder {
    /// Numbers of `drafts`.
    static func sorted(_ drafts: [ChangeDraft], ranks: [UInt64]) -> [Int] {
        var texts = ComparableTexts(capacity: drafts.count)
        for number in drafts.indices {
            texts.write(drafts[number].operation.rawValue)
            texts.write(" ")
            if case .membership(let membership) = drafts[number].fact {
                texts.write("membership ")
                texts.write(membership.group)
                texts.write(" ")
                texts.write(membership.identity.description)
            } else {
                texts.write(drafts[number].fact.key)
            }
            texts.end()
        }
        return drafts.indices.sorted { left, right in
            ranks[left] == ranks[right] ? texts.precedes(left, right) : ranks[left] < ranks[right]
        }
    }
}

/// Many texts in one buffer, in words of eight bytes, so that comparing two looks at a few numbers.
private struct ComparableTexts {
    /// The first byte of a word is its highest; what is left of a text's last word is zero.
    private var words: [UInt64] = []
    private var starts: [Int] = [0]
    /// The word that is being filled, and how many bytes are in it.
    private var word: UInt64 = 0
    private var filled: UInt64 = 0
    /// Whether bytes order the texts as their characters do, and none can be taken for what is left of a word.
    private var isPlain = true

    init(capacity: Int) {
        words.reserveCapacity(capacity * 8)
        starts.reserveCapacity(capacity + 1)
    }

    mutating func write(_ text: String) {
        var text = text
        text.withUTF8 { utf8 in
            for byte in utf8 {
                if byte == 0 || byte >= 0x80 { isPlain = false }
                word = word << 8 | UInt64(byte)
                filled += 1
                if filled == 8 {
                    words.append(word)
                    (word, filled) = (0, 0)
                }
            }
        }
    }

    mutating func end() {
        if filled > 0 { words.append(word << (64 - 8 * filled)) }
        (word, filled) = (0, 0)
        starts.append(words.count)
    }

    func precedes(_ left: Int, _ right: Int) -> Bool {
        guard isPlain else { return text(left) < text(right) }
        var (one, other) = (starts[left], starts[right])
        let (oneEnd, otherEnd) = (starts[left + 1], starts[right + 1])
        while one < oneEnd, other < otherEnd {
            if words[one] != words[other] { return words[one] < words[other] }
            one += 1
            other += 1
        }
        return oneEnd - starts[left] < otherEnd - starts[right]
    }

    private func text(_ number: Int) -> String {
        let bytes = words[starts[number]..<starts[number + 1]].flatMap { word in
            (0..<8).map { UInt8(truncatingIfNeeded: word >> UInt64(56 - 8 * $0)) }
        }
        return String(decoding: bytes.prefix((bytes.lastIndex { $0 != 0 } ?? -1) + 1), as: UTF8.self)
    }
}
