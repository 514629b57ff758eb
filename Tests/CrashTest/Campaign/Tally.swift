/// How many faults there were, and what came of them.
struct Tally: Sendable {
    var faults = 0
    var survived = 0
    /// Faults after which something was missing or wrong.
    var lost = 0
    /// Faults after which something had taken effect twice.
    var doubled = 0

    var isClean: Bool { faults > 0 && survived == faults && lost == 0 && doubled == 0 }

    var line: String { "faults=\(faults) survived=\(survived) lost=\(lost) doubled=\(doubled)" }

    mutating func add(_ judgement: Judgement) {
        faults += 1
        survived += judgement.isClean ? 1 : 0
        lost += judgement.lost.isEmpty ? 0 : 1
        doubled += judgement.doubled.isEmpty ? 0 : 1
    }

    static func += (left: inout Tally, right: Tally) {
        left.faults += right.faults
        left.survived += right.survived
        left.lost += right.lost
        left.doubled += right.doubled
    }
}
