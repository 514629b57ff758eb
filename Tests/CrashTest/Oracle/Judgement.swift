/// What is wrong after a fault, in words.
struct Judgement: Sendable {
    /// What should be there and is not, what should be gone and is there, a record that is missing, a log that is not
    /// genuine, a command that does not come to its end.
    var lost: [String] = []
    /// What took effect twice: two of one account, group or member; one change applied or read back under two steps;
    /// one event taken in twice.
    var doubled: [String] = []

    var isClean: Bool { lost.isEmpty && doubled.isEmpty }

    static func + (left: Judgement, right: Judgement) -> Judgement {
        Judgement(lost: left.lost + right.lost, doubled: left.doubled + right.doubled)
    }

    /// A target's holdings against what they should be.
    static func holdings(_ seen: Holdings, expected: Holdings) -> Judgement {
        var judgement = Judgement()
        let (seenLines, expectedLines) = (seen.lines, expected.lines)
        for missing in Set(expectedLines).subtracting(seenLines).sorted() {
            judgement.lost.append("the target lacks `\(missing)`")
        }
        for extra in Set(seenLines).subtracting(expectedLines).sorted() {
            judgement.lost.append("the target holds `\(extra)`, and should not")
        }
        judgement.doubled += twice(seenLines).map { "the target holds `\($0)` twice" }
        judgement.doubled += twice(seen.journal).map { "the target was made to `\($0)` twice" }
        return judgement
    }

    /// What is in the list more than once.
    static func twice(_ lines: [String]) -> [String] {
        Dictionary(grouping: lines, by: \.self).filter { $0.value.count > 1 }.keys.sorted()
    }
}
