/// The code points put into classes, so that those of one class are alike to every set of a pattern.
struct PatternAlphabet: Sendable {
    /// How many bits the sets may take together, and how many steps dividing the code points may take.
    private static let largestTable = 1 << 22

    /// How many classes there are.
    let count: Int
    /// The classes of the ASCII characters.
    let ascii: [UInt16]
    /// Where each interval of code points begins, and its class.
    private let starts: [UInt32]
    private let classes: [UInt16]
    /// For each class what it is to an assertion.
    let neighbours: [PatternNeighbour]
    /// For each set as many words as `words`, with a bit for each class.
    private let members: [UInt64]
    private let words: Int

    /// `assertions` are those that the pattern contains: lines and words count only where they are asked for.
    init(_ sets: [CharacterRanges], assertions: Set<PatternAssertion>) throws(CELPatternError) {
        let usesLines = assertions.contains(.lineStart) || assertions.contains(.lineEnd)
        let usesWords = assertions.contains(.wordBoundary) || assertions.contains(.noWordBoundary)
        let context = (usesLines ? [CharacterRanges.newline] : []) + (usesWords ? [CharacterRanges.word] : [])
        let partition = try Self.partition(by: sets + context)
        let count = partition.count
        let starts = partition.starts
        self.count = count
        self.starts = starts
        classes = partition.classes.map { UInt16($0) }
        words = (count + 63) / 64
        guard sets.count * words * 64 <= Self.largestTable else { throw PatternProgram.tooLarge }
        var examples = [UInt32](repeating: 0, count: count)
        for (index, number) in partition.classes.enumerated() { examples[number] = starts[index] }
        neighbours = examples.map { point in
            if usesLines, CharacterRanges.newline.contains(point) { return .newline }
            return usesWords && CharacterRanges.word.contains(point) ? .word : .other
        }
        var members = [UInt64](repeating: 0, count: sets.count * words)
        for (index, set) in sets.enumerated() {
            for (number, example) in examples.enumerated() where set.contains(example) {
                members[index * words + number / 64] |= 1 << UInt64(number % 64)
            }
        }
        self.members = members
        ascii = (0..<128).map { point in
            UInt16(partition.classes[Self.interval(of: UInt32(point), in: starts)])
        }
    }

    @inline(__always)
    func isMember(_ number: Int, of set: Int) -> Bool {
        members[set * words + number >> 6] >> UInt64(number & 63) & 1 == 1
    }

    /// The class of the code point at `position`, which moves on behind it. A byte that begins no code point counts
    /// as U+FFFD.
    @inline(__always)
    func next(in bytes: UnsafeBufferPointer<UInt8>, at position: inout Int) -> Int {
        let byte = bytes[position]
        if byte < 0x80 {
            position += 1
            return Int(ascii[Int(byte)])
        }
        return Int(classes[Self.interval(of: UTF8Decoding.next(in: bytes, at: &position), in: starts)])
    }

    // MARK: Dividing

    private struct Partition {
        var starts: [UInt32]
        var classes: [Int]
        var count = 1
    }

    private static func partition(by sets: [CharacterRanges]) throws(CELPatternError) -> Partition {
        var bounds: Set<UInt32> = [0]
        for set in sets {
            for range in set.ranges {
                bounds.insert(range.low)
                if range.high < CharacterRanges.last { bounds.insert(range.high + 1) }
            }
        }
        let starts = bounds.sorted()
        var partition = Partition(starts: starts, classes: [Int](repeating: 0, count: starts.count))
        var sizes = [starts.count]
        var budget = largestTable
        for set in sets {
            // A set and its complement divide alike: the smaller takes fewer steps.
            let ranges = set.contains(0) ? set.complement.ranges : set.ranges
            var fresh: [Int: Int] = [:]
            for range in ranges {
                var index = interval(of: range.low, in: starts)
                while index < starts.count, starts[index] <= range.high {
                    let old = partition.classes[index]
                    let new = fresh[old] ?? sizes.count
                    if new == sizes.count {
                        fresh[old] = new
                        sizes.append(0)
                    }
                    partition.classes[index] = new
                    sizes[old] -= 1
                    sizes[new] += 1
                    index += 1
                    budget -= 1
                }
            }
            guard budget >= 0 else { throw PatternProgram.tooLarge }
        }
        partition.count = try renumber(&partition.classes, sizes: sizes)
        return partition
    }

    /// Leaves out the numbers of classes that have become empty.
    private static func renumber(_ classes: inout [Int], sizes: [Int]) throws(CELPatternError) -> Int {
        var numbers = [Int](repeating: 0, count: sizes.count)
        var count = 0
        for (old, size) in sizes.enumerated() where size > 0 {
            numbers[old] = count
            count += 1
        }
        guard count <= Int(UInt16.max) else { throw PatternProgram.tooLarge }
        for index in classes.indices { classes[index] = numbers[classes[index]] }
        return count
    }

    /// The last interval that begins at or before `point`.
    private static func interval(of point: UInt32, in starts: [UInt32]) -> Int {
        var low = 0
        var high = starts.count
        while high - low > 1 {
            let middle = (low + high) / 2
            if starts[middle] <= point { low = middle } else { high = middle }
        }
        return low
    }
}
