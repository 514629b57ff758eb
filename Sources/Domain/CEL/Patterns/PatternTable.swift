/// An automaton made deterministic beforehand: one look-up for each code point, nothing to allocate, nothing to share.
struct PatternTable: Sendable {
    private static let largestTable = 1 << 15
    private static let mostSteps = 200_000
    private static let accept: Int32 = -1
    private static let reject: Int32 = -2

    private let alphabet: PatternAlphabet
    /// For each state a row with the next one for each class, as the place where its row begins.
    private var rows: [Int32] = []
    /// For each state whether the text may end there.
    private var endsMatch: [Bool] = []

    /// What tells states apart.
    private struct State: Hashable {
        let seeds: [Int]
        let before: PatternNeighbour
    }

    /// Nil when the states are too many. Then the automaton itself has to run.
    init?(_ automaton: PatternAutomaton) {
        alphabet = automaton.alphabet
        var scratch = PatternAutomaton.Scratch(automaton.program)
        var states = [State(seeds: [automaton.program.start], before: .edge)]
        var numbers = [states[0]: 0]
        var index = 0
        while index < states.count {
            let state = states[index]
            guard (index + 1) * alphabet.count <= Self.largestTable else { return nil }
            let base = rows.count
            rows += [Int32](repeating: Self.accept, count: alphabet.count)
            scratch.seeds = state.seeds
            endsMatch.append(automaton.follow(&scratch, before: state.before, after: .edge))
            for after in [PatternNeighbour.newline, .word, .other] {
                scratch.seeds = state.seeds
                let letters = alphabet.neighbours.indices.filter { alphabet.neighbours[$0] == after }
                if letters.isEmpty || automaton.follow(&scratch, before: state.before, after: after) { continue }
                for letter in letters {
                    guard scratch.steps <= Self.mostSteps else { return nil }
                    automaton.advance(&scratch, over: letter)
                    let next = State(seeds: scratch.seeds.sorted(), before: after)
                    rows[base + letter] = next.seeds.isEmpty ? Self.reject : Self.number(next, &numbers, &states)
                }
            }
            index += 1
        }
        for place in rows.indices where rows[place] >= 0 { rows[place] *= Int32(alphabet.count) }
    }

    private static func number(_ state: State, _ numbers: inout [State: Int], _ states: inout [State]) -> Int32 {
        if let known = numbers[state] { return Int32(known) }
        numbers[state] = states.count
        states.append(state)
        return Int32(states.count - 1)
    }

    /// Whether a part of `bytes` matches. One step for each code point.
    func matches(_ bytes: UnsafeBufferPointer<UInt8>, steps: inout Int) -> Bool {
        rows.withUnsafeBufferPointer { rows in
            alphabet.ascii.withUnsafeBufferPointer { ascii in
                var row: Int32 = 0
                var position = 0
                while position < bytes.count {
                    let byte = bytes[position]
                    let letter: Int
                    if byte < 0x80 {
                        letter = Int(ascii[Int(byte)])
                        position += 1
                    } else {
                        letter = alphabet.next(in: bytes, at: &position)
                    }
                    steps &+= 1
                    row = rows[Int(row) + letter]
                    if row < 0 { return row == Self.accept }
                }
                return endsMatch[Int(row) / alphabet.count]
            }
        }
    }
}
