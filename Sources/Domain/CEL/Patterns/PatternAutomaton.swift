/// Runs a program on all ways at once: at every place the list of the instructions that could be next.
struct PatternAutomaton: Sendable {
    let program: PatternProgram
    let alphabet: PatternAlphabet
    /// Whether a match can begin only where the text begins.
    let isAnchored: Bool

    init(program: PatternProgram, sets: [CharacterRanges]) throws(CELPatternError) {
        self.program = program
        alphabet = try PatternAlphabet(sets, assertions: program.assertions)
        isAnchored = Self.needsTextStart(program)
    }

    /// The lists of a run. Each run has its own, so that one automaton serves many threads.
    struct Scratch {
        var seeds: [Int] = []
        var ready: [Int] = []
        fileprivate var stack: [Int] = []
        /// In which round an instruction was seen last.
        fileprivate var seen: [Int]
        fileprivate var round = 0
        /// How many instructions were looked at.
        var steps = 0

        init(_ program: PatternProgram) { seen = [Int](repeating: 0, count: program.instructions.count) }
    }

    /// Whether a part of `bytes` matches. Takes at most the size of the program in steps for each code point.
    func matches(_ bytes: UnsafeBufferPointer<UInt8>, steps: inout Int) -> Bool {
        var scratch = Scratch(program)
        defer { steps += scratch.steps }
        scratch.seeds = [program.start]
        var before = PatternNeighbour.edge
        var position = 0
        while position < bytes.count {
            let letter = alphabet.next(in: bytes, at: &position)
            let after = alphabet.neighbours[letter]
            if follow(&scratch, before: before, after: after) { return true }
            advance(&scratch, over: letter)
            if scratch.seeds.isEmpty { return false }
            before = after
        }
        return follow(&scratch, before: before, after: .edge)
    }

    /// Fills `ready` with the consuming instructions that the seeds lead to between two code points. True when one
    /// way leads to the match.
    func follow(_ scratch: inout Scratch, before: PatternNeighbour, after: PatternNeighbour) -> Bool {
        scratch.round += 1
        scratch.ready.removeAll(keepingCapacity: true)
        for seed in scratch.seeds {
            scratch.stack.append(seed)
            while let index = scratch.stack.popLast() {
                guard scratch.seen[index] != scratch.round else { continue }
                scratch.seen[index] = scratch.round
                scratch.steps += 1
                switch program.instructions[index] {
                case .match:
                    scratch.stack.removeAll(keepingCapacity: true)
                    return true
                case .consume: scratch.ready.append(index)
                case .split(let first, let second):
                    scratch.stack.append(second)
                    scratch.stack.append(first)
                case .assert(let assertion, let next):
                    if assertion.holds(before: before, after: after) { scratch.stack.append(next) }
                }
            }
        }
        return false
    }

    /// Puts into `seeds` what follows once a code point of class `letter` is consumed, and where a match can begin
    /// anew.
    func advance(_ scratch: inout Scratch, over letter: Int) {
        scratch.round += 1
        scratch.seeds.removeAll(keepingCapacity: true)
        if !isAnchored {
            scratch.seen[program.start] = scratch.round
            scratch.seeds.append(program.start)
        }
        for index in scratch.ready {
            scratch.steps += 1
            guard case .consume(let set, let next) = program.instructions[index],
                scratch.seen[next] != scratch.round, alphabet.isMember(letter, of: set)
            else { continue }
            scratch.seen[next] = scratch.round
            scratch.seeds.append(next)
        }
    }

    /// Whether no way leads from the start to a consuming instruction or the match without `\A`.
    private static func needsTextStart(_ program: PatternProgram) -> Bool {
        var seen: Set<Int> = []
        var stack = [program.start]
        while let index = stack.popLast() {
            guard seen.insert(index).inserted else { continue }
            switch program.instructions[index] {
            case .match, .consume: return false
            case .split(let first, let second): stack += [first, second]
            case .assert(.textStart, _): continue
            case .assert(_, let next): stack.append(next)
            }
        }
        return true
    }
}
